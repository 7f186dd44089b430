"""The command `amends`, as it is installed and as `python -m bot`."""

from __future__ import annotations

import gc


def main() -> None:
    """Import everything and run the command.

    What is imported stays, and has the garbage collector look through all of it again and again:
    at rest meanwhile, it saves a third of the time.
    """
    gc.disable()
    from bot.cli import app

    gc.freeze()
    gc.enable()
    app()


if __name__ == "__main__":
    main()
