"""The clients' door: Telegram."""

import os

# Durations of python-telegram-bot are timedeltas from now on, as they will be anyway.
os.environ.setdefault("PTB_TIMEDELTA", "true")
