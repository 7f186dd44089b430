"""The history of a complaint, chained so that an alteration shows.

Each entry's hash covers the hash before it, what happened, and a salted digest of every fact. The
salt lies sealed beside the facts: nobody guesses a phone number from a digest, and when the facts
are erased the chain holds without them. Sealing anew under another key changes none of it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.complaint import Entry
from flows.ports import HistoryLine
from storage import tables as t
from storage.errors import ChainBroken
from storage.rows import Values, id_of, number_of
from storage.vault import Vault

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


async def begin(
    conn: AsyncConnection, vault: Vault, complaint_id: int, entries: Sequence[Entry]
) -> None:
    """Begin the chain of a complaint that was just stored, by its row id."""
    await _write(conn, vault, [(complaint_id, entry) for entry in entries], {})


async def append(conn: AsyncConnection, vault: Vault, entries: Sequence[tuple[int, Entry]]) -> None:
    """Add entries, each with its complaint's row id, to the ends of their chains."""
    tails = await _tails(conn, {complaint_id for complaint_id, _ in entries})
    await _write(conn, vault, entries, tails)


async def _write(
    conn: AsyncConnection,
    vault: Vault,
    entries: Sequence[tuple[int, Entry]],
    tails: dict[int, tuple[int, str]],
) -> None:
    if not entries:
        return
    rows: list[Values] = []
    for complaint_id, entry in entries:
        sequence, previous = tails.get(complaint_id, (0, _beginning(complaint_id)))
        sealed = {
            "salt": secrets.token_hex(16),
            "public": dict(entry.public),
            "private": dict(entry.private),
        }
        row: Values = {
            "complaint_id": complaint_id,
            "sequence": sequence + 1,
            "kind": entry.kind,
            "actor": entry.actor,
            "at": entry.at,
            "door": entry.door,
            "digests": _digests(sealed),
        }
        row["hash"] = _hash(previous, row)
        tails[complaint_id] = (row["sequence"], row["hash"])
        rows.append(row | vault.cells(sealed))
    await conn.execute(insert(t.timeline), rows)


async def history(conn: AsyncConnection, vault: Vault, number: int) -> list[HistoryLine]:
    """The timeline of a complaint, oldest first; erased facts are missing from their entry."""
    lines = []
    for row in await conn.execute(_chain(number)):
        facts = {} if row.sealed is None else vault.open(row.sealed)
        entry = Entry(
            kind=row.kind,
            actor=row.actor,
            at=row.at,
            door=row.door,
            public=facts.get("public", {}),
            private=facts.get("private", {}),
        )
        lines.append(HistoryLine(row.sequence, entry))
    return lines


async def verify(conn: AsyncConnection, vault: Vault, number: int) -> None:
    """Raise ChainBroken at the first entry that is not as it was written."""
    previous = _beginning(id_of(number))
    for place, row in enumerate(await conn.execute(_chain(number)), start=1):
        intact = (
            row.sequence == place
            and row.hash == _hash(previous, row._mapping)
            and (row.sealed is None or row.digests == _digests(vault.open(row.sealed)))
        )
        if not intact:
            raise ChainBroken(number, row.sequence)
        previous = row.hash


def _chain(number: int) -> Any:
    line = t.timeline.c
    return select(t.timeline).where(line.complaint_id == id_of(number)).order_by(line.sequence)


async def _tails(conn: AsyncConnection, ids: set[int]) -> dict[int, tuple[int, str]]:
    line = t.timeline.c
    last = (
        select(line.complaint_id, func.max(line.sequence).label("sequence"))
        .where(line.complaint_id.in_(ids))
        .group_by(line.complaint_id)
        .subquery()
    )
    query = select(line.complaint_id, line.sequence, line.hash).join(
        last,
        (last.c.complaint_id == line.complaint_id) & (last.c.sequence == line.sequence),
    )
    return {row.complaint_id: (row.sequence, row.hash) for row in await conn.execute(query)}


def _beginning(complaint_id: int) -> str:
    """What the first entry is chained to: no history can pass for another complaint's."""
    return _sha256(["complaint", number_of(complaint_id)])


def _hash(previous: str, row: Mapping[Any, Any]) -> str:
    at: datetime = row["at"]
    return _sha256(
        [
            previous,
            row["sequence"],
            row["actor"],
            at.astimezone(UTC).isoformat(),
            row["kind"],
            row["door"],
            row["digests"],
        ]
    )


def _digests(sealed: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{side}.{name}": _sha256([sealed["salt"], side, name, value])
        for side in ("public", "private")
        for name, value in sealed[side].items()
    }


def _sha256(value: object) -> str:
    return hashlib.sha256(_CANONICAL.encode(value).encode()).hexdigest()
