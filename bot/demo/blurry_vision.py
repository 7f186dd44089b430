"""The story of a medical emergency that was filed as a small complaint."""

from __future__ import annotations

from bot.demo.stage import Missed, Stage

STORY = "Client phoned, can't see properly out of her left eye since the filler this morning"
FACTS = {
    "treatment": "Cheek filler, left side",
    "happened": "Today 11 am",
    "treated_by": "Dr. Haddad",
    "contact": "(415) 555-0132",
}


async def blurry_vision(stage: Stage) -> None:
    """A receptionist files it as a disappointing result: the words themselves open the gate.

    She is told at once whom to call; the clinician and the managers are alerted, after three
    minutes every clinician, after five the director. The clinician calls, everything else waits
    for the all-clear, then the ordinary path goes on. Once more with no clinician on duty: the
    managers are told in place until one sends the client to emergency care.
    """
    reference = await stage.files("ana", STORY, type="result", severity="2", client="Mei Lin")
    await stage.passes(seconds=1)
    await stage.expects(
        ana=["answer"],
        front_desk=["card", "thread_emergency", "thread_reminded", "thread_reminded"],
        omar=["ping"],
        maria=["ping"],
    )
    stage.tell("The form shows Ana what to do now, and asks what is missing in one question.")
    form = await stage.as_("ana").modal()
    if form is None or form.callback_id != "emergency_facts" or "911" not in form.readable:
        raise Missed("Ana was not shown what to do now")
    await stage.submits("ana", **FACTS)
    await stage.expects(ana=["answer"])
    await _knows(stage, "omar", reference)
    stage.tell("Nobody reacts.")
    await stage.passes(minutes=3, seconds=-1)
    await stage.expects(omar=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=2)
    await stage.expects(david=["ping"], front_desk=["thread_reminded"])

    await stage.clicks("omar", "calling")
    await stage.expects(ana=["notice_calling"], front_desk=["thread_calling"])
    await stage.clicks("maria", "take_charge")
    await stage.expects(ana=["notice_taken"], front_desk=["thread_took_charge"])
    await _waits(stage, reference)
    stage.tell("The call's promise goes on: Maria is reminded of it. Then the all-clear is due.")
    await stage.passes(minutes=25)
    await stage.expects(maria=["ping"])
    await stage.passes(minutes=5)
    await stage.expects(maria=["ping"], omar=["ping"], front_desk=["thread_reminded"])

    await stage.clicks("omar", "all_clear")
    await stage.submits("omar", said="Seen by the eye clinic, sight is back, no danger.")
    await stage.expects(maria=["notice_all_clear"], front_desk=["thread_all_clear"])
    await stage.types("maria", f"/complaint next {reference}", "managers")
    (words,) = (await stage.as_("maria").hears(since="0"))[-1:]
    if "Say:" not in words.readable or "severity 3" not in words.readable:
        raise Missed("after the all-clear there were no words for the client")
    await stage.types("maria", f"/complaint called {reference}", "managers")
    await stage.submits(
        "maria", how="phone", spoke_with="Mei Lin", said="Frightened; relieved now."
    )
    await stage.expects(
        maria=["answer", "answer"], omar=["notice_step"], front_desk=["thread_contacted"]
    )
    await stage.passes(hours=2)
    await stage.hears_nothing_more()

    async with stage.elsewhere(stage.clinic) as night:
        await _nobody_on_duty(night)


async def _nobody_on_duty(stage: Stage) -> None:
    """The only clinician is away: who is told in place, and who gives the all-clear."""
    stage.tell("Another day, and no clinician is there.")
    await stage.types("omar", "/complaint away until Monday")
    await stage.expects(omar=["answer"])
    await stage.files("ana", STORY, type="result", severity="1", client="Mei Lin")
    await stage.as_("ana").closes()
    await stage.passes(seconds=1)
    await stage.expects(
        ana=["answer"],
        front_desk=["card", "thread_emergency", "thread_reminded", "thread_reminded"],
        maria=["ping"],
    )
    await stage.passes(minutes=3, seconds=-1)
    await stage.expects(maria=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=2)
    await stage.expects(david=["ping"], front_desk=["thread_reminded"])
    await stage.passes(minutes=5)
    await stage.expects(maria=["ping"], david=["ping"])
    stage.tell("In the same message: nobody has taken charge either.")
    await stage.passes(minutes=5)
    await stage.expects(maria=["ping"], david=["ping"], front_desk=["thread_reminded"])
    alert = (await stage.as_("maria").sees("@amends"))[-1]
    if "no clinician is there" not in alert.readable or "calling" not in alert.buttons:
        raise Missed("Maria was not told that the call is hers to make")

    await stage.clicks("maria", "emergency_care")
    await stage.expects(ana=["notice_emergency_care"], front_desk=["thread_emergency_care"])
    await stage.passes(minutes=10)
    await stage.clicks("maria", "all_clear")
    await stage.submits("maria", given_by="Dr. Weiss, eye clinic", said="Sight is back, no danger.")
    await stage.expects(ana=["notice_all_clear"], front_desk=["thread_all_clear"])


async def _knows(stage: Stage, name: str, reference: str) -> None:
    """The alert has what was done, when, by whom and a number; not the story, nor the name."""
    alert = (await stage.as_(name).sees("@amends"))[-1]
    for fact in FACTS.values():
        if fact not in alert.readable:
            raise Missed(f"{name}'s alert lacks {fact}")
        if fact in alert.text:
            raise Missed(f"a notification tells {fact}")
    if "left eye" in alert.readable or "Mei Lin" in alert.readable:
        raise Missed("an alert tells the story or the name")


async def _waits(stage: Stage, reference: str) -> None:
    """Until the all-clear nobody has anything to say, or settles anything."""
    await stage.types("maria", f"/complaint next {reference}", "managers")
    (told,) = (await stage.as_("maria").hears(since="0"))[-1:]
    if "Say:" in told.readable or "all-clear" not in told.readable:
        raise Missed("there were words for the client before the all-clear")
    await stage.types("maria", f"/complaint resolve {reference}", "managers")
    if await stage.as_("maria").modal() is not None:
        raise Missed("it could be settled before the all-clear")
    await stage.expects(maria=["answer", "answer"])
