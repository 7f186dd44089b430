"""What Slack refuses about the text and blocks of a message, however it is sent."""

from __future__ import annotations

from typing import Any

from sandbox.block_checks import block_complaints, text_size
from sandbox.refusals import RefusalError

TEXT_LIMIT = 40_000
BLOCKS_SIZE_LIMIT = 13_200
"""Undocumented: all texts of one message's blocks together (slackapi/bolt-js#2509)."""


def refuse_bad_content(text: str, blocks: Any) -> None:
    """Raise what the Web API would answer to a message that can't be shown."""
    if not text and not blocks:
        raise RefusalError("no_text")
    if len(text) > TEXT_LIMIT:
        raise RefusalError("msg_too_long")
    if complaints := block_complaints(blocks, surface="message"):
        raise RefusalError.because("invalid_blocks", complaints)
    if text_size(blocks) > BLOCKS_SIZE_LIMIT:
        raise RefusalError("msg_blocks_too_long")
