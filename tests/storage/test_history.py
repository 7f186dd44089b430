"""The history can be read, and not altered unseen."""

from __future__ import annotations

import pytest
from storage_cast import alter, entry, filed, saved

from flows.ports import HistoryLine, Outcome
from flows.rules import Rules
from storage.database import Database
from storage.errors import ChainBroken
from storage.vault import new_key


async def with_history(database: Database, rules: Rules) -> None:
    before = await filed(database, rules)
    lines = (entry("claimed"), entry("tried", how="phone"))
    await saved(database, before, Outcome(before, lines))


async def test_the_history_is_read_as_it_was_written(database: Database, rules: Rules) -> None:
    await with_history(database, rules)
    async with database.store.look() as books:
        assert await books.history(1001) == [
            HistoryLine(1, entry("filed")),
            HistoryLine(2, entry("claimed")),
            HistoryLine(3, entry("tried", how="phone")),
        ]
    await database.verify(1001)


@pytest.mark.parametrize(
    ("alteration", "shows_at"),
    [
        ("UPDATE timeline SET actor = 'U-bob' WHERE sequence = 2", 2),
        ("UPDATE timeline SET kind = 'tried' WHERE sequence = 1", 1),
        ("UPDATE timeline SET door = 'cli' WHERE sequence = 3", 3),
        ("UPDATE timeline SET at = '2026-06-12 11:00:00.000000' WHERE sequence = 3", 3),
        ("UPDATE timeline SET digests = '{}' WHERE sequence = 1", 1),
        ("UPDATE timeline SET hash = 'x' WHERE sequence = 3", 3),
        ("DELETE FROM timeline WHERE sequence = 1", 2),
        ("DELETE FROM timeline WHERE sequence = 2", 3),
        ("UPDATE timeline SET sealed = (SELECT sealed FROM timeline WHERE sequence = 1)", 2),
    ],
)
async def test_an_alteration_shows_where_it_was_made(
    database: Database, rules: Rules, url: str, alteration: str, shows_at: int
) -> None:
    await with_history(database, rules)
    await alter(url, alteration)
    with pytest.raises(ChainBroken) as broken:
        await database.verify(1001)
    assert (broken.value.number, broken.value.sequence) == (1001, shows_at)


async def test_one_history_can_not_pass_for_another(
    database: Database, rules: Rules, url: str
) -> None:
    await filed(database, rules)
    await filed(database, rules)
    await alter(url, "DELETE FROM timeline WHERE complaint_id = 1")
    await alter(url, "UPDATE timeline SET complaint_id = 1")
    with pytest.raises(ChainBroken):
        await database.verify(1001)


async def test_the_chain_holds_when_the_facts_are_erased(
    database: Database, rules: Rules, url: str
) -> None:
    await with_history(database, rules)
    await alter(url, "UPDATE timeline SET sealed = NULL, key_id = NULL WHERE sequence = 1")
    await database.verify(1001)
    async with database.store.look() as books:
        erased = (await books.history(1001))[0].entry
    assert (erased.kind, erased.actor, erased.public, erased.private) == ("filed", "U-ana", {}, {})


async def test_the_chain_holds_when_the_keys_change(
    database: Database, rules: Rules, url: str, key: str
) -> None:
    await with_history(database, rules)
    newer = await Database.open(url, f"{new_key()},{key}")
    assert await newer.reseal() > 0
    await newer.verify(1001)
    await newer.close()
