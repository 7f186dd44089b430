"""A person and the real Bolt: commands, modals, buttons, shortcuts and the Home tab."""

from __future__ import annotations

import pytest
from little_bot import MODAL, LittleBot, button, card
from slack_sdk.errors import SlackApiError

from sandbox.local_slack import LocalSlack
from sandbox.refusals import CannotDoError


async def test_a_command_opens_a_modal_and_its_submission_makes_a_card(
    slack: LocalSlack, bot: LittleBot
):
    ana = slack.as_("ana")
    assert await ana.types("/complaint") is None
    assert (await ana.modal()).callback_id == "file"

    assert await ana.submits(story="Wrong price", severity="Severe") == {"story": "Tell us more"}
    modal = await ana.modal()
    assert modal.values == {"story": "Wrong price", "severity": "3", "about_staff": None}
    assert modal.errors == {"story": "Tell us more"}

    assert await ana.submits(severity="1", about_staff="omar") == {}
    assert await ana.modal() is None
    [card] = [seen for seen in await slack.as_("ben").sees("front-desk") if seen.by_bot]
    assert card.event_type == "amends_card"
    assert card.event_payload == {"reference": "C-1042"}
    assert card.buttons == {"claim": "I'll take it"}
    assert card.readable == "C-1042 was filed\n[I'll take it]"
    assert [heard.text for heard in await ana.hears()] == ["Call the client by 15:40"]
    assert await ana.hears() == []
    assert slack.violations == []


async def test_a_command_is_escaped_as_slack_escapes_it(slack: LocalSlack, bot: LittleBot):
    await slack.as_("ana").types(
        "/complaint @omar was <late> & rude in #front-desk, ana@clinic.com"
    )
    assert bot.of_type("command")[0]["text"] == (
        "<@U0OMAR|omar> was &lt;late&gt; &amp; rude in <#C0FRONTDESK|front-desk>, ana@clinic.com"
    )


async def test_slack_itself_asks_for_what_is_required(slack: LocalSlack, bot: LittleBot):
    ana = slack.as_("ana")
    await ana.types("/complaint")
    required = "Please complete this required field."
    assert await ana.submits() == {"story": required, "severity": required}
    assert bot.of_type("view_submission") == []


async def test_a_button_of_a_message_changes_it(slack: LocalSlack, bot: LittleBot):
    ana, ben = slack.as_("ana"), slack.as_("ben")
    await ana.types("/complaint")
    await ana.submits(story="Wrong price", severity="1")
    assert await ben.clicks("I'll take it") is None
    [card] = [seen for seen in await ben.sees("front-desk") if seen.by_bot]
    assert card.readable == "@ben takes it"
    [payload] = bot.of_type("block_actions")
    assert payload["actions"][0]["value"] == "C-1042"
    assert payload["message"]["metadata"]["event_payload"] == {"reference": "C-1042"}
    assert payload["container"]["channel_id"] == "C0FRONTDESK"
    assert slack.violations == []


async def test_an_ephemeral_answer_is_seen_by_one_person_and_can_be_replaced(
    slack: LocalSlack, bot: LittleBot
):
    ana, ben = slack.as_("ana"), slack.as_("ben")
    await ana.types("help")
    await bot.client.chat_postEphemeral(
        channel="C0FRONTDESK", user="U0ANA", text="Only you", blocks=card("Only you")
    )
    assert [seen.text for seen in await ana.sees("front-desk")] == ["help", "Only you"]
    assert [seen.text for seen in await ben.sees("front-desk")] == ["help"]
    assert [seen.ephemeral for seen in await ana.hears()] == [True]
    await ana.clicks("claim")
    assert "message" not in bot.of_type("block_actions")[0]
    assert (await ana.sees("front-desk"))[-1].readable == "@ana takes it"


async def test_a_message_shortcut_carries_the_message(slack: LocalSlack, bot: LittleBot):
    ana, ben = slack.as_("ana"), slack.as_("ben")
    said = await ana.types("The client in room 2 is angry")
    assert await ben.shortcut("file_from_message", message=said) is None
    [payload] = bot.of_type("message_action")
    assert payload["message"]["text"] == "The client in room 2 is angry"
    assert (await ben.modal()).callback_id == "file"
    await ben.closes()
    assert await ben.modal() is None
    assert bot.of_type("view_closed")[0]["is_cleared"] is False


async def test_opening_home_publishes_it(slack: LocalSlack, bot: LittleBot):
    home = await slack.as_("ana").opens_home()
    assert home.readable == "Nothing is open"


async def test_messages_reactions_and_edits_reach_the_bot(slack: LocalSlack, bot: LittleBot):
    ana, ben = slack.as_("ana"), slack.as_("ben")
    said = await ana.types("hello @amends")
    await ben.reacts("eyes", said)
    reply = await ben.replies(said, "I called her")
    await ana.edits(said, "hello all")
    events = [body["event"] for body in bot.of_type("event_callback")]
    kinds = [(event["type"], event.get("subtype")) for event in events]
    assert sorted(kinds, key=str) == [
        ("app_mention", None),
        ("message", "message_changed"),
        ("message", None),
        ("message", None),
        ("reaction_added", None),
    ]
    assert reply.thread_ts == said.ts
    assert slack.violations == []


async def test_a_select_in_a_message_reports_what_was_chosen(slack: LocalSlack, bot: LittleBot):
    chosen = []

    @bot.on(bot.app.action("assign"))
    async def assign(ack, body):
        chosen.append((body["actions"][0]["selected_user"], body["state"]["values"]))
        await ack()

    blocks = [
        {
            "type": "section",
            "block_id": "b",
            "text": {"type": "mrkdwn", "text": "Who?"},
            "accessory": {"type": "users_select", "action_id": "assign"},
        }
    ]
    await bot.client.chat_postMessage(channel="C0FRONTDESK", text="Who?", blocks=blocks)
    await slack.as_("sofia").chooses("assign", "ben")
    state = {"b": {"assign": {"type": "users_select", "selected_user": "U0BEN"}}}
    assert chosen == [("U0BEN", state)]


async def test_views_stack_to_three_and_the_hash_guards_them(slack: LocalSlack, bot: LittleBot):
    view = {**MODAL, "blocks": [{"type": "actions", "elements": [button("deeper", "Deeper")]}]}
    refusals = []

    @bot.on(bot.app.shortcut("stack"))
    async def open_(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bot.on(bot.app.action("deeper"))
    async def deeper(ack, body, client):
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            refusals.append(error.response["error"])
            current = body["view"]
            await client.views_update(view_id=current["id"], hash=current["hash"], view=MODAL)
            with pytest.raises(SlackApiError, match="hash_conflict"):
                await client.views_update(view_id=current["id"], hash=current["hash"], view=MODAL)

    ana = slack.as_("ana")
    await ana.shortcut("stack")
    for _ in range(3):
        assert await ana.clicks("deeper") is None
    assert refusals == ["push_limit_reached"]
    assert (await ana.modal()).submit == "File"
    await ana.closes()
    await ana.clicks("deeper")
    assert (await ana.modal()).title == "File a complaint"


async def test_what_was_typed_survives_an_update(slack: LocalSlack, bot: LittleBot):
    ana = slack.as_("ana")
    await ana.types("/complaint")
    await ana.fills(story="Typed")
    modal = await ana.modal()
    await bot.client.views_update(view_id=modal.id, view={**MODAL, "callback_id": "other"})
    modal = await ana.modal()
    assert (modal.callback_id, modal.values["story"]) == ("other", "Typed")


async def test_an_open_modal_hides_the_messages_behind_it(slack: LocalSlack, bot: LittleBot):
    await bot.client.chat_postMessage(channel="C0FRONTDESK", text="card", blocks=card("card"))
    ana = slack.as_("ana")
    await ana.types("/complaint")
    with pytest.raises(CannotDoError, match="ana finds no 'claim' in the open modal"):
        await ana.clicks("claim")


async def test_one_of_several_like_buttons_is_named_by_its_value(slack: LocalSlack, bot: LittleBot):
    opened = []

    @bot.on(bot.app.action("open"))
    async def open_(ack, body):
        await ack()
        opened.append((body["container"]["type"], body["actions"][0]["value"]))

    rows = [
        {"type": "actions", "elements": [button("open", "Open", reference)]}
        for reference in ("C-1", "C-2")
    ]
    await bot.client.chat_postMessage(channel="U0ANA", text="Yours", blocks=rows)
    await bot.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": rows})
    ana = slack.as_("ana")
    await ana.clicks("open C-2")
    await ana.clicks("Open", on=await ana.home())
    assert opened == [("message", "C-2"), ("view", "C-1")]


async def test_people_and_channels_are_picked_by_name(slack: LocalSlack, bot: LittleBot):
    elements = [
        {"type": "multi_users_select", "action_id": "who"},
        {"type": "channels_select", "action_id": "where"},
        {"type": "external_select", "action_id": "other"},
    ]
    blocks = [
        {
            "type": "input",
            "optional": True,
            "block_id": element["action_id"],
            "label": {"type": "plain_text", "text": "x"},
            "element": element,
        }
        for element in elements
    ]
    ana = slack.as_("ana")
    await ana.types("/complaint")
    await bot.client.views_update(
        view_id=(await ana.modal()).id, view={**MODAL, "callback_id": "x", "blocks": blocks}
    )
    await ana.fills(who=["ben", "omar"], where="lounge")
    assert (await ana.modal()).values == {
        "who": ["ben", "omar"],
        "where": "C0LOUNGE",
        "other": None,
    }
    with pytest.raises(CannotDoError, match="takes a list"):
        await ana.fills(who="ben")
    with pytest.raises(CannotDoError, match="cannot fill in external_select"):
        await ana.fills(other="x")
    with pytest.raises(CannotDoError, match="no input 'whom'; it has: who, where, other"):
        await ana.fills(whom="x")


async def test_a_modal_opened_where_clients_may_not_show_it_is_noticed(
    slack: LocalSlack, bot: LittleBot
):
    view = {**MODAL, "callback_id": "again"}

    @bot.on(bot.app.shortcut("again"))
    async def shortcut(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @bot.on(bot.app.view("again"))
    async def submitted(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    ana = slack.as_("ana")
    await ana.shortcut("again")
    await ana.shortcut("again")
    await ana.submits(story="x", severity="1")
    assert slack.violations == [
        "views.open while a modal is open: push or update it",
        "views.open after a submission: acknowledge it with the view",
    ]
