"""Where each person is in a filing by conversation survives, sealed, and one of two wins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from storage_cast import NOON, minutes

from flows.conversation import Conversation, Stage
from flows.ports import VersionConflict
from flows.questions import Question
from storage.database import Database
from storage.errors import WrongKey
from storage.vault import new_key

ANA, BEN = "slack:U0ANA", "slack:U0BEN"
TALK = Conversation(
    key="Ev1",
    story="Mary Kay is furious about the bill",
    begun_at=NOON,
    touched_at=minutes(5),
    stage=Stage.SUMMARY,
    question=Question.ABOUT_STAFF,
    location="downtown",
    answers={
        Question.SPOKEN: "yes",
        Question.CLIENT: "王丽",
        Question.CONTACT: "(415) 555-0132",
        Question.RECEIVED: "20 minutes ago",
        Question.ABOUT_STAFF: "U0CHLOE",
    },
    times={Question.RECEIVED: minutes(-20)},
    turn=9,
    alarm="her lips turned white",
    cleared=("chest pain",),
    pending="Peter calls as well",
    asked="1781265600.000100",
    heard="Ev9",
)


async def test_nobody_has_a_conversation_before_it_begins(database: Database) -> None:
    assert await database.conversations.of(ANA) is None


async def test_it_is_read_back_as_it_was_left(database: Database) -> None:
    kept = await database.conversations.save(ANA, TALK)
    assert kept == replace(TALK, version=1)
    assert await database.conversations.of(ANA) == kept


async def test_each_person_and_each_transport_has_its_own(database: Database) -> None:
    hers = await database.conversations.save(ANA, TALK)
    his = await database.conversations.save(BEN, replace(TALK, story="Peter waited"))
    await database.conversations.save("telegram:U0ANA", replace(TALK, story="elsewhere"))
    assert await database.conversations.of(ANA) == hers
    assert await database.conversations.of(BEN) == his


async def test_every_step_takes_the_place_of_the_one_before(database: Database) -> None:
    kept = await database.conversations.save(ANA, TALK)
    for turn in (10, 11):
        kept = await database.conversations.save(ANA, replace(kept, turn=turn))
    assert (kept.version, kept.turn) == (3, 11)
    assert await database.conversations.of(ANA) == kept


async def test_of_two_steps_from_the_same_place_one_wins(database: Database) -> None:
    before = await database.conversations.save(ANA, TALK)
    first = await database.conversations.save(ANA, replace(before, stage=Stage.KEPT))
    with pytest.raises(VersionConflict):
        await database.conversations.save(ANA, replace(before, stage=Stage.ASKING))
    assert await database.conversations.of(ANA) == first


async def test_of_two_that_begin_at_once_one_wins(database: Database) -> None:
    first = await database.conversations.save(ANA, TALK)
    with pytest.raises(VersionConflict):
        await database.conversations.save(ANA, replace(TALK, key="Ev2"))
    assert await database.conversations.of(ANA) == first


async def test_what_was_ended_is_forgotten_and_not_taken_up(database: Database) -> None:
    kept = await database.conversations.save(ANA, TALK)
    his = await database.conversations.save(BEN, TALK)
    await database.conversations.end(ANA, kept.version)
    await database.conversations.end(ANA, kept.version)
    assert await database.conversations.of(ANA) is None
    assert await database.conversations.of(BEN) == his
    with pytest.raises(VersionConflict):
        await database.conversations.save(ANA, kept)
    assert (await database.conversations.save(ANA, TALK)).version == 1


async def test_what_was_written_meanwhile_is_not_forgotten_with_it(database: Database) -> None:
    filed = await database.conversations.save(ANA, TALK)
    later = await database.conversations.save(ANA, replace(filed, key="Ev2", earlier=TALK))
    await database.conversations.end(ANA, filed.version)
    assert await database.conversations.of(ANA) == later


async def test_it_goes_on_after_a_restart(database: Database, url: str, key: str) -> None:
    kept = await database.conversations.save(ANA, TALK)
    await database.close()
    reopened = await Database.open(url, key)
    assert await reopened.conversations.of(ANA) == kept
    assert (await reopened.conversations.save(ANA, kept)).version == 2
    await reopened.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_nothing_that_was_said_is_readable_on_disk(database: Database, file: Path) -> None:
    kept = await database.conversations.save(ANA, TALK)
    await database.conversations.save(ANA, replace(kept, story="Mary Kay paid twice"))
    await database.close()
    written = b"".join(one.read_bytes() for one in file.parent.iterdir())
    assert ANA.encode() in written, "we look at the right bytes"
    for secret in ("Mary", "王丽", "\\u738b", "555-0132", "U0CHLOE", "lips", "chest", "Peter"):
        assert secret.encode() not in written


async def test_it_moves_to_a_new_key_and_the_old_one_can_be_thrown_away(
    database: Database, url: str, key: str
) -> None:
    kept = await database.conversations.save(ANA, TALK)
    await database.close()

    newer = new_key()
    both = await Database.open(url, f"{newer},{key}")
    assert await both.conversations.of(ANA) == kept
    assert await both.reseal() == 3, "the conversation and the two secrets"
    await both.close()

    renewed = await Database.open(url, newer)
    assert await renewed.conversations.of(ANA) == kept
    await renewed.close()
    with pytest.raises(WrongKey):
        await Database.open(url, key)
