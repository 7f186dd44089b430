"""A local Telegram: the Bot API on loopback, and the phones of the clinic's clients."""
