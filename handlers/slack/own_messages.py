"""Finding a message of ours by what its metadata says, where no answer told whether it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

CLOCKS_DIFFER = timedelta(minutes=10)
"""Our clock and Slack's."""
A_PAGE = 200


async def find(
    client: AsyncWebClient,
    channel: str,
    wanted: Mapping[str, object],
    since: datetime,
    thread_ts: str | None = None,
) -> str | None:
    """The timestamp of the message whose metadata holds all that is `wanted`, if it stands there.

    `since` (aware) is when it can have been written at the earliest, by our clock.
    """
    where: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{(since - CLOCKS_DIFFER).timestamp():.6f}",
        "limit": A_PAGE,
        "include_all_metadata": True,
    }
    cursor: str | None = None
    while True:
        answer: AsyncSlackResponse
        if thread_ts is None:
            answer = await client.conversations_history(**where, cursor=cursor)
        else:
            answer = await client.conversations_replies(**where, ts=thread_ts, cursor=cursor)
        for message in answer.get("messages") or []:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if wanted.items() <= payload.items():
                return str(message["ts"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
