"""The stories of design and tests: each checks every message that anybody hears in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.demo.bad_friday import bad_friday
from bot.demo.blurry_vision import blurry_vision
from bot.demo.friday_rush import friday_rush
from bot.demo.privacy_leak import privacy_leak
from bot.demo.stage import Stage
from bot.demo.talked_through import talked_through

CONTACT = "(415) 555-0132"


async def swelling(stage: Stage) -> None:
    """The field's published exemplary case: swelling after a filler that nobody had warned of.

    From the desk to the returning client, with the template changed afterwards.
    """
    reference = await stage.files(
        "ana",
        "Filler client, slight swelling since this morning, says nobody told her it could happen",
        type="result",
        severity="2",
        client="Mei Lin",
        contact=CONTACT,
        via="phone",
        remedy_sought="Wants to know that this is normal",
    )
    await stage.expects(ana=["answer"], front_desk=["card"], sofia=["notice_moderate"])

    stage.tell("Chloe of client care takes it and calls within the hour.")
    await stage.clicks("chloe", "claim")
    await stage.expects(chloe=["answer"], ana=["notice_taken"], front_desk=["thread_claimed"])
    await stage.passes(minutes=20)
    await stage.clicks("chloe", "acknowledge")
    await stage.submits(
        "chloe",
        how="phone",
        spoke_with="Mei Lin",
        said="She is frightened and felt left alone. Listened, apologised that we had not said it.",
    )
    await stage.expects(chloe=["answer"], sofia=["notice_step"], front_desk=["thread_contacted"])

    stage.tell("Sofia and Chloe agree who does what; Chloe looks into the record.")
    await stage.done_step("sofia", reference, "Severity 2 fits; Dr. Haddad explains today.")
    await stage.done_step("chloe", reference, "Swelling was on the form, nobody talked it through.")
    await stage.done_step("sofia", reference, "Omar had ten minutes for the talk beforehand.")
    await stage.expects(
        sofia=["answer", "notice_step", "answer"],
        chloe=["notice_step", "answer", "notice_step"],
        front_desk=["thread_step_done"] * 3,
    )

    stage.tell("The same day: where we stand, and the treating doctor explains one to one.")
    await stage.types("chloe", f"/complaint called {reference}")
    await stage.submits(
        "chloe", how="phone", spoke_with="Mei Lin", said="Dr. Haddad calls her at four."
    )
    await stage.until(16, 0)
    await stage.done_step("omar", reference, "Explained one to one; she knows what to watch for.")
    await stage.expects(
        chloe=["answer", "notice_step"],
        omar=["notice_step", "answer"],
        front_desk=["thread_contacted", "thread_step_done"],
    )

    stage.tell("The next day she comes for the re-check; Chloe goes with her.")
    await stage.until(11, 0, days=1)
    await stage.done_step("chloe", reference, "Re-checked, nothing abnormal; she is relieved.")
    await stage.done_step("sofia", reference, "One complimentary repair treatment.")
    await stage.types("chloe", f"/complaint resolve {reference}")
    await stage.submits(
        "chloe",
        done="Explained, re-checked, apologised for the missing warning.",
        remedy="complimentary",
        accepted="yes",
    )
    await stage.done_step("chloe", reference, "Letter given to her at the re-check.")
    await stage.expects(
        chloe=["answer", "notice_step", "answer", "answer"],
        sofia=["notice_step", "answer"],
        front_desk=[
            "thread_step_done",
            "thread_step_done",
            "thread_resolved",
            "thread_step_done",
        ],
    )

    stage.tell("Two weeks later, in the morning list: the follow-up call.")
    await stage.until(9, 0, days=14)
    await stage.expects(chloe=["morning_list"])
    await stage.clicks("chloe", "open")
    await stage.clicks("chloe", "follow_up_done")
    await stage.submits(
        "chloe", reached="yes", outcome="Satisfied.", booked_again="yes", rating="5"
    )
    await stage.as_("chloe").closes()
    await stage.types("chloe", f"/complaint close {reference}")
    await stage.submits(
        "chloe",
        outcome="Normal reactions added to the pre-treatment talk template; aftercare FAQ written.",
        came_back="yes",
    )
    await stage.expects(
        chloe=["answer"], sofia=["notice_step"], front_desk=["thread_followed_up", "thread_closed"]
    )
    await stage.types("sofia", f"/complaint show {reference}")
    await stage.clicks("sofia", "next_step_done")
    await stage.submits("sofia", fact="The talk's template and the FAQ; Omar checks both monthly.")
    await stage.expects(front_desk=["thread_step_done"], sofia=["answer"])


async def nobody_answers(stage: Stage) -> None:
    """A receptionist files a minor complaint, and nobody reacts.

    She is pinged at 30 and 50 minutes, she and the supervisor at 60, the manager at 75, the
    director at 90, who takes charge and logs the call; then nobody is pinged about it any more.
    """
    await stage.files(
        "ana",
        "Mrs K waited 40 minutes past her facial, reception was cold",
        type="service",
        severity="1",
        client="Mrs Karen Kovacs",
        contact=CONTACT,
    )
    await stage.expects(ana=["answer"], front_desk=["card"])
    await stage.passes(minutes=29)
    await stage.hears_nothing_more()
    await stage.passes(minutes=1)
    await stage.expects(ana=["ping"])
    await stage.passes(minutes=20)
    await stage.expects(ana=["ping"])
    await stage.passes(minutes=10)
    await stage.expects(ana=["ping"], sofia=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=15)
    await stage.expects(maria=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=15)
    await stage.expects(david=["ping"], front_desk=["thread_reminded"])
    await stage.clicks("david", "take_charge")
    await stage.expects(ana=["notice_taken"], front_desk=["thread_took_charge"])
    await stage.passes(minutes=5)
    await stage.clicks("david", "acknowledge")
    await stage.submits(
        "david", how="phone", spoke_with="Mrs Kovacs", said="Apologised for the wait and the tone."
    )
    await stage.expects(front_desk=["thread_contacted"])
    await stage.passes(hours=4)
    await stage.hears_nothing_more()


async def no_answer(stage: Stage) -> None:
    """Three attempts and a voicemail: the pings rest, and the acknowledgement counts as marked."""
    reference = await stage.files(
        "ana",
        "Double booked the 3pm laser, client had to go home",
        type="service",
        severity="1",
        client="Tom Brandt",
        contact=CONTACT,
    )
    await stage.expects(ana=["answer"], front_desk=["card"])
    for _ in range(3):
        await stage.passes(minutes=15)
        await stage.types("ana", f"/complaint tried {reference}")
        await stage.submits("ana", how="phone", note="Rings, nobody answers")
        await stage.expects(ana=["answer"], front_desk=["thread_tried"])
    await stage.passes(minutes=10)
    await stage.types("ana", f"/complaint tried {reference}")
    await stage.submits("ana", how="voicemail", note="Name and number left, nothing else")
    await stage.expects(ana=["answer"], front_desk=["thread_tried"])
    await stage.passes(hours=3)
    await stage.hears_nothing_more()


async def already_settled(stage: Stage) -> None:
    """A wait at the desk, apologised and settled on the spot, filed in one submit.

    Nobody is pinged before the follow-up two weeks later.
    """
    await stage.files(
        "ben",
        "Waited 20 minutes at the desk; apologised, offered a drink, she is fine with it",
        type="service",
        severity="1",
        spoken="settled",
        via="in_person",
        client="Ruth Abel",
        contact=CONTACT,
    )
    await stage.expects(ben=["answer"], front_desk=["card", "thread_contacted", "thread_resolved"])
    await stage.passes(days=13)
    await stage.hears_nothing_more()
    await stage.until(9, 0, days=1)
    await stage.expects(ben=["morning_list"])
    await stage.until(16, 0)
    await stage.expects(ben=["ping"])


Story = Callable[[Stage], Awaitable[None]]

STORIES: Mapping[str, Story] = {
    "Swelling": swelling,
    "Nobody answers": nobody_answers,
    "No answer": no_answer,
    "Already settled": already_settled,
    "Blurry vision": blurry_vision,
    "Talked through": talked_through,
    "Privacy leak": privacy_leak,
    "Friday rush": friday_rush,
    "Bad Friday": bad_friday,
}
