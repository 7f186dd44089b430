"""What is said, in which order, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_cast import (
    CARD,
    NOON,
    delivered_all,
    filed,
    letters,
    minutes,
    pinged,
    promise,
    reminder,
    saved,
    taken,
)

from flows.complaint import DeadlineKind, ReminderState
from flows.ports import Case, Letter, LivePing, Message, Outcome, PostedAt, PostedCard, Purpose
from flows.rules import Rules
from storage.database import Database

LINE = Message(Purpose.THREAD, "C-desk", "thread_claimed", {"actor": "U-ana"})


async def only_letter(database: Database) -> Letter:
    (letter,) = await letters(database)
    return letter


async def says(database: Database, about: Case, *messages: Message) -> Case:
    number = about.complaint.number
    return await saved(
        database,
        about,
        Outcome(about, messages=tuple(replace(m, number=number) for m in messages)),
    )


def edit(ping: LivePing, number: int | None = None) -> Message:
    return Message(Purpose.EDIT, ping.person, "edit", number=number, edits=ping.id)


async def test_a_letter_says_what_was_to_be_said(database: Database, rules: Rules) -> None:
    await filed(database, rules, replace(CARD, facts={"client": "王*"}))
    assert await only_letter(database) == Letter(
        id=1,
        purpose=Purpose.CARD,
        to="C-desk",
        key="card",
        facts={"client": "王*"},
        number=1001,
        created_at=NOON,
        attempts=0,
        uncertain=False,
    )


async def test_a_conversation_keeps_its_order_and_holds_up_no_other(
    database: Database, rules: Rules
) -> None:
    notice = Message(Purpose.NOTICE, "U-luz", "notice")
    await filed(database, rules, CARD, LINE, replace(notice, key="first"), notice)
    heads = await taken(database)
    assert [(one.to, one.key) for one in heads] == [("C-desk", "card"), ("U-luz", "first")]

    await database.outbox.postpone(heads[0].id, minutes(5), "ratelimited", uncertain=False)
    await database.outbox.delivered(heads[1].id, "D-luz", "2.0", NOON)
    assert [one.key for one in await letters(database)] == ["notice"]
    later = await letters(database, minutes(5))
    assert [(one.key, one.attempts) for one in later] == [("card", 1), ("notice", 1)]
    assert await database.outbox.waiting() == 3


async def test_the_courier_knows_when_to_come_back(database: Database, rules: Rules) -> None:
    assert await database.outbox.next_at() is None
    await filed(database, rules, CARD, Message(Purpose.NOTICE, "U-luz", "notice"))
    assert await database.outbox.next_at() == NOON
    for letter in await taken(database):
        assert letter.id not in {head.id for head in await database.outbox.heads(NOON)}
        await database.outbox.postpone(letter.id, minutes(letter.id), "outage")
    assert await database.outbox.next_at() == minutes(1)


async def test_a_waiting_card_is_redrawn_instead_of_sent_twice(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules, CARD)
    await says(database, before, replace(CARD, facts={"owner": "U-luz"}), LINE)
    await says(database, before, replace(CARD, facts={"owner": "U-eva"}))
    assert (await only_letter(database)).facts == {"owner": "U-eva"}
    assert await delivered_all(database) == ["C-desk: card", "C-desk: thread_claimed"]


async def test_two_redraws_in_one_breath_are_one(database: Database, rules: Rules) -> None:
    await filed(database, rules, CARD, replace(CARD, facts={"owner": "U-luz"}))
    assert (await only_letter(database)).facts == {"owner": "U-luz"}
    assert await database.outbox.waiting() == 1


async def test_a_posted_card_is_edited_and_stays_the_card(database: Database, rules: Rules) -> None:
    before = await filed(database, rules, CARD)
    assert before.card == PostedCard(1, "C-desk")
    await delivered_all(database)
    after = await says(database, before, CARD, LINE)
    redraw = await only_letter(database)
    assert redraw.card == PostedAt("C-desk", "1.0")
    await database.outbox.delivered(redraw.id, "C-desk", "1.0", NOON)

    assert after.card == PostedCard(1, "C-desk")
    posted = await database.outbox.by_message("C-desk", "1.0")
    assert posted is not None
    assert posted.id == 1
    assert (await only_letter(database)).thread == PostedAt("C-desk", "1.0")


async def test_a_card_on_its_way_to_another_channel_never_appears_in_the_first(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules, CARD)
    in_private = replace(CARD, to="C-managers")
    taken_down = Message(Purpose.EDIT, "C-desk", "card_moved", edits=1)
    after = await says(database, before, taken_down, in_private)
    assert after.card == PostedCard(3, "C-managers")
    heads = await letters(database)
    assert [(one.to, one.purpose, one.edits) for one in heads] == [
        ("C-desk", Purpose.EDIT, None),
        ("C-managers", Purpose.CARD, None),
    ]


async def test_a_moved_card_is_taken_down_where_it_stood(database: Database, rules: Rules) -> None:
    before = await filed(database, rules, CARD)
    await delivered_all(database)
    assert before.card is not None
    taken_down = Message(Purpose.EDIT, "C-desk", "card_moved", edits=before.card.id)
    await says(database, before, taken_down, replace(CARD, to="C-managers"), LINE)
    old, new, _line = await letters(database)
    assert (old.edits, new.card) == (PostedAt("C-desk", "1.0"), None)


async def test_a_line_whose_card_failed_belongs_under_nothing(
    database: Database, rules: Rules
) -> None:
    await filed(database, rules, CARD, LINE)
    card = await only_letter(database)
    assert await database.outbox.failed(card.id, "channel_not_found", NOON) == []
    line = await only_letter(database)
    assert (line.purpose, line.thread) == (Purpose.THREAD, None)
    await database.outbox.drop(line.id)
    assert await database.outbox.waiting() == 0


async def test_a_home_tab_is_redrawn_only_for_who_looks_at_it(
    database: Database, rules: Rules
) -> None:
    home = Message(Purpose.HOME, "U-ana", "home")
    await filed(database, rules, home)
    assert await database.outbox.waiting() == 0
    await database.people.home_opened("U-ana", NOON)
    await filed(database, rules, home)
    await filed(database, rules, home, replace(home, to="U-luz"))
    letter = await only_letter(database)
    assert (letter.to, letter.purpose) == ("U-ana", Purpose.HOME)
    await database.outbox.delivered(letter.id, None, None, NOON)
    assert await database.outbox.waiting() == 0


async def test_a_delivered_ping_is_found_by_its_place_and_its_reminder_was_sent(
    database: Database, rules: Rules
) -> None:
    case = await pinged(database, await filed(database, rules), "U-ana")
    assert case.pings == (LivePing(1, "U-ana", frozenset({DeadlineKind.ACKNOWLEDGE})),)
    assert [r.state for r in case.reminders] == [ReminderState.QUEUED]
    letter = await only_letter(database)
    assert letter.live_items == (1001,)
    await database.outbox.delivered(letter.id, "D-ana", "7.1", NOON)

    found = await database.outbox.by_message("D-ana", "7.1")
    assert found is not None
    assert (found.id, found.number, found.to) == (letter.id, 1001, "U-ana")
    assert await database.outbox.by_message("D-ana", "7.2") is None
    ((number, told),) = await database.outbox.reminders(letter.id)
    assert (number, told.recipient, told.state) == (1001, "U-ana", ReminderState.SENT)


async def test_one_ping_lists_several_complaints(database: Database, rules: Rules) -> None:
    first, second = await filed(database, rules), await filed(database, rules)
    told = reminder(state=ReminderState.QUEUED)
    feedback = replace(told, deadline=DeadlineKind.FEEDBACK)
    async with database.store.work() as unit:
        both = replace(
            second,
            deadlines=(*second.deadlines, promise(DeadlineKind.FEEDBACK)),
            reminders=(told, feedback),
        )
        await unit.save(
            [(first, Outcome(replace(first, reminders=(told,)))), (second, Outcome(both))]
        )
        listed = ((1001, told), (1002, told), (1002, feedback))
        await unit.post([Message(Purpose.PING, "U-ana", "ping_list", reminders=listed)])
        kinds = [(await unit.case(number)).pings[0].kinds for number in (1001, 1002)]
    assert kinds == [
        {DeadlineKind.ACKNOWLEDGE},
        {DeadlineKind.ACKNOWLEDGE, DeadlineKind.FEEDBACK},
    ]
    letter = await only_letter(database)
    assert (letter.number, letter.live_items) == (None, (1001, 1002))
    assert len(await database.outbox.reminders(letter.id)) == 3


async def test_a_held_back_reminder_keeps_its_row_when_it_is_sent(
    database: Database, rules: Rules
) -> None:
    before = await filed(database, rules)
    waiting = await saved(database, before, Outcome(replace(before, reminders=(reminder(),))))
    (held_back,) = waiting.reminders
    ping = Message(Purpose.PING, "U-ana", "ping", number=1001, reminders=((1001, held_back),))
    after = await says(database, waiting, ping)
    assert after.reminders == (replace(held_back, state=ReminderState.QUEUED),)


async def test_a_ping_that_lost_its_buttons_is_edited_once(
    database: Database, rules: Rules
) -> None:
    case = await pinged(database, await filed(database, rules), "U-ana")
    await delivered_all(database)
    (ping,) = case.pings
    retired = replace(case, pings=())
    after = await saved(database, case, Outcome(retired, messages=(edit(ping, 1001),)))
    await says(database, after, edit(ping, 1001))
    assert after.pings == ()

    letter = await only_letter(database)
    assert (letter.purpose, letter.key) == (Purpose.EDIT, "ping")
    assert (letter.edits, letter.live_items) == (PostedAt("U-ana", "1.0"), ())
    await database.outbox.delivered(letter.id, "U-ana", "1.0", NOON)
    assert await database.outbox.waiting() == 0
    found = await database.outbox.by_message("U-ana", "1.0")
    assert found is not None
    assert found.purpose is Purpose.PING


async def test_a_ping_that_failed_names_whose_reminder_it_was(
    database: Database, rules: Rules
) -> None:
    await pinged(database, await filed(database, rules), "U-ana", "U-luz")
    ana, _ = await taken(database)
    ((number, failed),) = await database.outbox.failed(ana.id, "account_inactive", NOON)
    assert (number, failed.recipient, failed.state) == (1001, "U-ana", ReminderState.FAILED)
    async with database.store.look() as books:
        case = await books.case(1001)
    assert [ping.person for ping in case.pings] == ["U-luz"]
    assert [r.state for r in case.reminders] == [ReminderState.FAILED, ReminderState.QUEUED]


async def test_a_dropped_ping_supersedes_its_reminder(database: Database, rules: Rules) -> None:
    await pinged(database, await filed(database, rules), "U-ana")
    await database.outbox.drop(1)
    ((_, told),) = await database.outbox.reminders(1)
    assert told.state is ReminderState.SUPERSEDED


async def test_a_letter_that_no_saved_reminder_stands_behind_is_refused(
    database: Database, rules: Rules
) -> None:
    await filed(database, rules)
    ping = Message(Purpose.PING, "U-ana", "ping", reminders=((1001, reminder()),))
    with pytest.raises(KeyError):
        async with database.store.work() as unit:
            await unit.post([ping])


async def test_after_a_crash_the_letter_being_sent_is_uncertain(
    database: Database, rules: Rules, url: str, key: str
) -> None:
    await filed(database, rules, CARD)
    await taken(database)
    assert await database.outbox.heads(NOON) == []

    restarted = await Database.open(url, key)
    assert (await only_letter(restarted)).uncertain
    await restarted.close()


async def test_an_attempt_without_an_answer_leaves_the_letter_uncertain(
    database: Database, rules: Rules
) -> None:
    case = await filed(database, rules, CARD)
    await taken(database)
    await database.outbox.postpone(1, NOON, "timeout")
    assert (await only_letter(database)).uncertain

    await says(database, case, replace(CARD, facts={"owner": "U-luz"}))
    assert (await only_letter(database)).facts == {}, "what may be posted is not rewritten"
    await taken(database)
    await database.outbox.postpone(1, NOON, "ratelimited", uncertain=False)
    assert not (await only_letter(database)).uncertain


async def test_a_redraw_holds_no_ping_back(database: Database, rules: Rules) -> None:
    told = Message(Purpose.NOTICE, "U-ana", "first")
    before = await filed(database, rules, told)
    await delivered_all(database)
    redraw = Message(Purpose.EDIT, "U-ana", "edit", edits=1)
    await says(database, before, redraw, replace(told, key="second"))
    redraw_letter, ping_letter = await letters(database)
    assert (redraw_letter.purpose, ping_letter.key) == (Purpose.EDIT, "second")
    assert redraw_letter.to == ping_letter.to == "U-ana"


async def test_a_message_is_edited_only_once_it_stands(database: Database, rules: Rules) -> None:
    before = await filed(database, rules, Message(Purpose.NOTICE, "U-ana", "first"))
    await says(database, before, Message(Purpose.EDIT, "U-ana", "edit", edits=1))
    (posting,) = await taken(database)
    assert posting.purpose is Purpose.NOTICE
    await database.outbox.delivered(posting.id, "D-1", "1.0", NOON)
    (edit,) = await letters(database)
    assert edit.edits == PostedAt("D-1", "1.0")
