"""Logs as structured lines, without secrets and without a client's name, contact or words."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRETS = re.compile(r"xox[abp]-[\w-]+|xapp-[\w-]+|\b\d{6,}:[\w-]{30,}")
_OURS = ("bot", "handlers", "storage", "sandbox")


def set_up_logs(from_level: int = logging.INFO) -> None:
    """Write logs to standard error: readable on a terminal, JSON lines anywhere else.

    Our own lines are heard from `from_level` on, libraries from WARNING on: below that they would
    log payloads with clients' words.
    """
    # Through the standard library, so that a log that can't be written never breaks the bot.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for name in _OURS:
        logging.getLogger(name).setLevel(from_level)
    # Bolt warns of nothing but that SLACK_BOT_TOKEN is also in the environment.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    # They name the address of each call, which carries the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Tracebacks without the values of variables: those hold clients' words.
    readable = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    machine = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_secrets,
            *(readable if sys.stderr.isatty() else machine),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace whatever looks like a token."""
    return {
        key: _SECRETS.sub("[secret]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
