"""What Amends remembers: tables, units of work, inbox, outbox, encryption and migrations."""
