"""Sealing anew what lies under an older key, so that the older key can be thrown away."""

from __future__ import annotations

from sqlalchemy import Table, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.vault import Vault

BATCH = 500


async def reseal(writer: AsyncEngine, vault: Vault) -> int:
    """Bring every sealed row under the newest key; returns how many were under another.

    Each batch is a transaction of its own: others write in between, and stopping half-way loses
    nothing.
    """
    count = 0
    for table in t.SEALED:
        while done := await _reseal_batch(writer, vault, table):
            count += done
    return count


async def _reseal_batch(writer: AsyncEngine, vault: Vault, table: Table) -> int:
    key = list(table.primary_key.columns)
    older = select(*key, table.c.sealed).where(table.c.key_id != vault.key_id).limit(BATCH)
    this_row = and_(*(column == bindparam(f"row_{column.name}") for column in key))
    async with writer.begin() as conn:
        rows = [
            {f"row_{column.name}": value for column, value in zip(key, row, strict=False)}
            | vault.resealed(row.sealed)
            for row in await conn.execute(older)
        ]
        if rows:
            await conn.execute(update(table).where(this_row), rows)
    return len(rows)
