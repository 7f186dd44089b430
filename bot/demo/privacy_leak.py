"""The story of a privacy leak, and what becomes of it when the person concerned is one of us."""

from __future__ import annotations

from bot.demo.stage import Missed, Stage

STORY = "Her before and after photos are on our page, she never agreed"


async def privacy_leak(stage: Stage) -> None:
    """Photos published without consent: severity 3, to the managers at once, in private.

    The person concerned, once a receptionist and once the director, can neither see, own nor
    close it; when nobody without a conflict of interest is left, the first admin gets it.
    """
    stage.tell("It is about Ben, a receptionist. The card stands in the managers' channel.")
    reference = await stage.files(
        "ana",
        STORY,
        type="privacy",
        severity="3",
        client="Nora Quist",
        contact="nora@example.org",
        about_staff="ben",
    )
    await stage.expects(ana=["answer"], managers=["card", "thread_reminded"], maria=["ping"])
    await stage.clicks("maria", "take_charge")
    await stage.expects(ana=["notice_taken"], managers=["thread_took_charge"])
    await _knows_nothing(stage, "ben", reference)

    stage.tell("Maria calls the client, stops the spread and freezes the facts: crisis steps.")
    await stage.types("maria", f"/complaint called {reference}", "managers")
    await stage.submits("maria", how="phone", spoke_with="Nora Quist", said="Heard her, sorry.")
    await stage.done_step("maria", reference, "Post taken down 13:20, screenshots kept")
    await stage.done_step("maria", reference, "Access log and post history saved, nothing edited")
    await stage.done_step("maria", reference, "David speaks for us; staff told to say nothing")
    await stage.expects(
        maria=["answer"] * 4, managers=["thread_contacted", *["thread_step_done"] * 3]
    )

    stage.tell("Another one is about David, the director: not even the managers' channel knows.")
    about_director = await stage.files(
        "chloe",
        "The director showed her photos at a fair without asking",
        type="privacy",
        severity="3",
        contact="(415) 555-0177",
        about_staff="david",
    )
    # Everybody reports to the director, so the first admin owns it; the manager is unconcerned
    # enough to be told, and nobody else.
    await stage.expects(
        chloe=["answer"],
        nina=["notice_given", "ping"],
        maria=["notice_restricted"],
        amends_admin=["admin_conflict_exception"],
    )
    await _knows_nothing(stage, "david", about_director)


async def _knows_nothing(stage: Stage, name: str, reference: str) -> None:
    """This person gets the answer one gets for a complaint that doesn't exist."""
    person = stage.as_(name)
    for verb in ("show", "next", "close", "resolve"):
        await stage.types(name, f"/complaint {verb} {reference}", "front-desk")
        if await person.modal() is not None:
            raise Missed(f"{name} could {verb} {reference}")
    await stage.types(name, "/complaint list all", "front-desk")
    (listed,) = (await person.hears(since="0"))[-1:]
    home = await person.opens_home()
    if reference in listed.readable or home is None or reference in home.readable:
        raise Missed(f"{name} could see {reference}")
    await stage.expects(**{name: ["answer"] * 5})
