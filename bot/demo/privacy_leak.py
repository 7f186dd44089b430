"""The story of a privacy leak, and what becomes of it when the person concerned is one of us."""

from __future__ import annotations

from bot.demo.stage import Missed, Stage
from flows.desk import number_of
from flows.policy import Clinic

STORY = "Her before and after photos are on our page, she never agreed"


async def privacy_leak(stage: Stage) -> None:
    """Photos published without consent: severity 3, to the managers at once, in private.

    The person concerned, once a receptionist and once the director, can neither see, own nor
    close it; is it the director, the first admin gets it. In a team of four where nobody without
    a conflict of interest is left, the director acts, and that exception is recorded.
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

    async with stage.elsewhere(_team_of_four(stage.clinic)) as small:
        await _nobody_unconcerned(small)


def _team_of_four(clinic: Clinic) -> Clinic:
    """A receptionist, the manager she reports to, a director and an admin."""
    ids = ("U0ANA", "U0MARIA", "U0DAVID", "U0NINA")
    people = {id_: clinic.people[id_] for id_ in ids}
    people["U0ANA"] = people["U0ANA"].model_copy(update={"reports_to": "U0MARIA"})
    downtown = clinic.locations["downtown"].model_copy(update={"on_duty": ids[:3]})
    return clinic.model_copy(update={"people": people, "locations": {"downtown": downtown}})


async def _nobody_unconcerned(stage: Stage) -> None:
    """About the manager of a team of four: the director acts, and the exception is recorded."""
    stage.tell("A team of four: it is about Maria, the manager, and Ana reports to her.")
    reference = await stage.files(
        "ana",
        STORY,
        type="privacy",
        severity="3",
        contact="(415) 555-0188",
        about_staff="maria",
    )
    await stage.expects(
        ana=["answer"],
        david=["notice_restricted", "notice_given", "ping"],
        amends_admin=["admin_conflict_exception"],
    )
    await _knows_nothing(stage, "maria", reference)
    await stage.clicks("david", "take_charge")
    async with stage.bot.store.look() as books:
        history = await books.history(number_of(reference))
    if "owner_excepted" not in [line.entry.kind for line in history]:
        raise Missed("the exception was not recorded")
    await stage.hears_nothing_more()


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
