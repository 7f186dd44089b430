"""What clients said is for our eyes only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from storage_cast import CARD, NOON, case, filed, pinged, promise

from flows.complaint import DeadlineKind
from flows.ports import Outcome, Query
from flows.rules import Rules
from storage.database import Database
from storage.errors import BadKeys, WrongKey
from storage.vault import Vault, lookup_hash, new_key


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_nothing_personal_is_readable_on_disk(
    database: Database, rules: Rules, file: Path
) -> None:
    custom = replace(promise(DeadlineKind.CUSTOM), what="call Mary Kay's sister")
    personal = replace(
        case(rules, about_staff="U-concerned", remedy_sought="Mary Kay wants money back").complaint,
        happened="Mary Kay's laser treatment",
        source_link="review by Mary Kay",
    )
    mary = replace(case(rules), complaint=personal, deadlines=(promise(), custom))
    async with database.store.work() as unit:
        said = replace(CARD, facts={"client": "Mary Kay"})
        await unit.file(Outcome(mary, messages=(said,)), [])
    await pinged(database, await filed(database, rules, CARD), "U-ana")
    await database.inbox.write_down("Ev1", "U-ana", {"text": "Mary Kay called, 555-0132"}, NOON)
    await database.close()

    written = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert b"U-ana" in written, "we look at the right bytes"
    for secret in (b"Mary", b"555-0132", b"4155550132", b"Waited", b"U-concerned", b"laser"):
        assert secret not in written


async def test_a_wrong_key_opens_nothing(database: Database, url: str) -> None:
    with pytest.raises(WrongKey, match="put that key back"):
        await Database.open(url, new_key())


@pytest.mark.parametrize("keys", ["", " , ", "secret", "AAAA=", "ключ"])
async def test_a_malformed_key_is_refused(url: str, keys: str) -> None:
    with pytest.raises(BadKeys, match="amends keys new"):
        await Database.open(url, keys)


async def test_a_key_can_be_replaced_and_the_old_one_thrown_away(
    database: Database, rules: Rules, url: str, key: str
) -> None:
    before = await filed(database, rules, CARD)
    await database.inbox.write_down("Ev1", "U-ana", {"text": "hello"}, NOON)
    await database.close()

    key2 = new_key()
    both = await Database.open(url, f"{key2}, {key}")
    assert await both.reseal() > 0
    assert await both.reseal() == 0
    await both.close()

    renewed = await Database.open(url, key2)
    async with renewed.store.look() as books:
        assert await books.case(1001) == before
        assert await books.cases(Query(contact="+14155550132")) == [before]
        assert len(await books.history(1001)) == 1
    assert [event.payload for event in await renewed.inbox.claim(NOON)] == [{"text": "hello"}]
    assert len(await renewed.outbox.heads(NOON)) == 1
    await renewed.close()
    with pytest.raises(WrongKey):
        await Database.open(url, key)


def test_the_same_words_are_never_sealed_alike() -> None:
    vault = Vault(new_key())
    assert vault.seal("Mary") != vault.seal("Mary")
    assert vault.open(vault.seal({"client": "王丽"})) == {"client": "王丽"}


def test_the_lookup_hash_depends_on_its_key() -> None:
    assert lookup_hash("00", "+1415") == lookup_hash("00", "+1415")
    assert lookup_hash("00", "+1415") != lookup_hash("01", "+1415")
