"""The Web API says no where Slack does, with Slack's error names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from little_bot import MODAL, LittleBot, button, card
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import MovableClock
from sandbox.local_slack import LocalSlack
from sandbox.refusals import CannotDoError
from sandbox.workspace import BOT_USER


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def refused(call: Awaitable[Any]) -> str:
    """The error a call is answered with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_tokens(slack: LocalSlack, client: AsyncWebClient):
    async with ClientSession() as session, session.post(f"{slack.api_url}auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    stranger = AsyncWebClient("xoxb-other", base_url=slack.api_url)
    assert await refused(stranger.auth_test()) == "invalid_auth"
    assert await refused(client.apps_connections_open(app_token=slack.bot_token)) == (
        "not_allowed_token_type"
    )
    slack.workspace.token_error = "account_inactive"
    assert await refused(client.auth_test()) == "account_inactive"


async def test_scopes_are_named(client: AsyncWebClient):
    assert "dnd:read" in (await client.auth_test()).headers["x-oauth-scopes"]
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_info(channel="C0FRONTDESK")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "channels:read"
    assert "chat:write" in caught.value.response["provided"]
    reaction = client.reactions_add(channel="C0FRONTDESK", name="eyes", timestamp="1.0")
    assert await refused(reaction) == "missing_scope"


async def test_unknown_methods(client: AsyncWebClient):
    assert await refused(client.api_call("chat.scheduleMessage")) == "unknown_method"


POSTING: list[tuple[str, dict[str, Any]]] = [
    ("channel_not_found", {"channel": "C0NOWHERE", "text": "x"}),
    ("not_in_channel", {"channel": "C0LOUNGE", "text": "x"}),
    ("channel_not_found", {"channel": "G0MANAGERS", "text": "x"}),
    ("is_archived", {"channel": "C0UPTOWN", "text": "x"}),
    ("cannot_dm_bot", {"channel": BOT_USER, "text": "x"}),
    ("no_text", {"channel": "C0FRONTDESK", "text": ""}),
    ("msg_too_long", {"channel": "C0FRONTDESK", "text": "x" * 40_001}),
    ("invalid_blocks", {"channel": "C0FRONTDESK", "text": "x", "blocks": [{"type": "nonsense"}]}),
    (
        "msg_blocks_too_long",
        {"channel": "C0FRONTDESK", "text": "x", "blocks": card("x" * 2900) * 5},
    ),
    ("invalid_metadata_format", {"channel": "C0FRONTDESK", "text": "x", "metadata": {"a": 1}}),
    ("thread_not_found", {"channel": "C0FRONTDESK", "text": "x", "thread_ts": "1.000001"}),
]


@pytest.mark.parametrize(("error", "arguments"), POSTING)
async def test_posting(
    slack: LocalSlack, client: AsyncWebClient, error: str, arguments: dict[str, Any]
):
    slack.workspace.channels["C0UPTOWN"].is_archived = True
    slack.workspace.channels["G0MANAGERS"].members.discard(BOT_USER)
    assert await refused(client.api_call("chat.postMessage", json=arguments)) == error


async def test_complaints_about_blocks_point_to_the_place(client: AsyncWebClient):
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0FRONTDESK", text="x", blocks=card("x" * 3001))
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_person_who_left_or_takes_no_direct_messages(
    slack: LocalSlack, client: AsyncWebClient
):
    channel = (await client.conversations_open(users="U0ANA"))["channel"]["id"]
    slack.workspace.member("ana").deactivated = True
    assert await refused(client.conversations_open(users="U0ANA")) == "user_disabled"
    assert await refused(client.chat_postMessage(channel=channel, text="x")) == "user_disabled"
    slack.workspace.member("ben").takes_dms = False
    assert await refused(client.chat_postMessage(channel="U0BEN", text="x")) == "cannot_dm_bot"
    assert await refused(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    with pytest.raises(CannotDoError, match="ana is deactivated"):
        await slack.as_("ana").types("hello")


async def test_changing_messages(slack: LocalSlack, client: AsyncWebClient):
    said = await slack.as_("ana").types("mine")
    place = {"channel": said.channel, "ts": said.ts}
    assert await refused(client.chat_update(**place, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(**place)) == "cant_delete_message"
    own = await client.chat_postMessage(channel="C0FRONTDESK", text="one")
    place = {"channel": own["channel"], "ts": own["ts"]}
    await client.chat_update(**place, text="two")
    assert [m.text for m in slack.channel_messages("front-desk")] == ["mine", "two"]
    await client.chat_delete(**place)
    assert await refused(client.chat_update(**place, text="x")) == "message_not_found"
    direct = await client.chat_postMessage(channel="U0ANA", text="one")
    call = client.chat_update(channel="U0ANA", ts=direct["ts"], text="two")
    assert await refused(call) == "channel_not_found"
    await client.chat_update(channel=direct["channel"], ts=direct["ts"], text="two")


async def test_ephemeral_messages_reach_members_only(client: AsyncWebClient):
    call = client.chat_postEphemeral(channel="C0FRONTDESK", user="U0NINA", text="x")
    assert await refused(call) == "user_not_in_channel"


async def test_a_trigger_id_is_good_once_and_for_three_seconds(slack: LocalSlack, bot: LittleBot):
    refusals = []

    @bot.on(bot.app.shortcut("twice"))
    async def twice(ack, body, client):
        await ack()
        trigger_id = body["trigger_id"]
        await client.views_open(trigger_id=trigger_id, view=MODAL)
        refusals.append(await refused(client.views_open(trigger_id=trigger_id, view=MODAL)))

    @bot.on(bot.app.shortcut("late"))
    async def late(ack, body, client):
        await ack()
        trigger_id = body["trigger_id"]
        refusals.append(await refused(client.views_open(trigger_id=trigger_id, view=MODAL)))

    ana = slack.as_("ana")
    await ana.shortcut("twice")
    slack.triggers.lifetime_seconds = 0
    await ana.shortcut("late")
    unknown = bot.client.views_open(trigger_id="1.x", view=MODAL)
    assert [*refusals, await refused(unknown)] == [
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    ]
    assert len(slack.violations) == 3


async def test_views(slack: LocalSlack, bot: LittleBot):
    opened = await refused(bot.client.views_open(trigger_id="x", view={**MODAL, "title": None}))
    assert opened == "invalid_arguments"
    assert await refused(bot.client.views_update(view_id="V0", view=MODAL)) == "not_found"
    ana, ben = slack.as_("ana"), slack.as_("ben")
    await ana.types("/complaint")
    await ben.types("/complaint")
    named = {**MODAL, "external_id": "one"}
    await bot.client.views_update(view_id=(await ana.modal()).id, view=named)
    await bot.client.views_update(external_id="one", view=named)
    call = bot.client.views_update(view_id=(await ben.modal()).id, view=named)
    assert await refused(call) == "duplicate_external_id"
    large = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 90
    call = bot.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": large})
    assert await refused(call) == "view_too_large"


async def test_posting_is_limited_to_one_a_second_with_a_burst_of_five(
    slack: LocalSlack, clock: MovableClock, client: AsyncWebClient
):
    for _ in range(5):
        await client.chat_postMessage(channel="C0FRONTDESK", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0FRONTDESK", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel="C0UPTOWN", text="another channel")
    await clock.pass_(timedelta(seconds=1))
    await client.chat_postMessage(channel="C0FRONTDESK", text="x")


async def test_other_methods_are_limited_by_tier(client: AsyncWebClient):
    for _ in range(20):
        await client.users_list()
    assert await refused(client.users_list()) == "ratelimited"


FAULTS: list[Callable[[LocalSlack], None]] = [
    lambda slack: slack.faults.fail("chat.postMessage"),
    lambda slack: slack.faults.fail("chat.postMessage", status=503),
    lambda slack: slack.faults.fail("chat.postMessage", error="internal_error"),
]


@pytest.mark.parametrize("inject", FAULTS)
async def test_faults_come_as_often_as_asked_for(
    slack: LocalSlack, client: AsyncWebClient, inject: Callable[[LocalSlack], None]
):
    inject(slack)
    with pytest.raises(Exception):  # noqa: B017, PT011 - each fault fails in its own way
        await client.chat_postMessage(channel="C0FRONTDESK", text="x")
    assert slack.channel_messages("front-desk") == []
    await client.chat_postMessage(channel="C0FRONTDESK", text="x")


async def test_a_lost_answer_leaves_its_effect(slack: LocalSlack, client: AsyncWebClient):
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(Exception, match="disconnected"):
        await client.chat_postMessage(channel="C0FRONTDESK", text="once")
    assert [m.text for m in slack.channel_messages("front-desk")] == ["once"]


async def test_a_hanging_call_never_returns(slack: LocalSlack):
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, timeout=0.05)
    slack.faults.fail("auth.test", hang=True)
    with pytest.raises(TimeoutError):
        await client.auth_test()


async def test_in_an_outage_nothing_is_answered(slack: LocalSlack, client: AsyncWebClient):
    with slack.faults.outage(), pytest.raises(Exception, match="disconnected"):
        await client.auth_test()
    await client.auth_test()


async def test_histories_give_metadata_only_when_asked(client: AsyncWebClient):
    metadata = {"event_type": "amends_card", "event_payload": {"reference": "C-1042"}}
    first = await client.chat_postMessage(channel="C0FRONTDESK", text="1", metadata=metadata)
    await client.chat_postMessage(channel="C0FRONTDESK", text="2", thread_ts=first["ts"])
    await client.chat_postMessage(channel="C0FRONTDESK", text="3")
    history = await client.conversations_history(channel="C0FRONTDESK", limit=1)
    assert [m["text"] for m in history["messages"]] == ["3"]
    cursor = history["response_metadata"]["next_cursor"]
    history = await client.conversations_history(
        channel="C0FRONTDESK", cursor=cursor, include_all_metadata=True
    )
    assert [(m["text"], m.get("metadata")) for m in history["messages"]] == [("1", metadata)]
    replies = await client.conversations_replies(channel="C0FRONTDESK", ts=first["ts"])
    assert [(m["text"], m.get("metadata")) for m in replies["messages"]] == [
        ("1", None),
        ("2", None),
    ]


async def test_people_have_zones_locales_and_quiet_hours(
    slack: LocalSlack, clock: MovableClock, client: AsyncWebClient
):
    chloe = (await client.users_info(user="U0CHLOE", include_locale=True))["user"]
    assert (chloe["tz"], chloe["tz_offset"], chloe["locale"]) == (
        "America/Los_Angeles",
        -7 * 3600,
        "zh-CN",
    )
    assert "locale" not in (await client.users_info(user="U0CHLOE"))["user"]
    assert (await client.dnd_info(user="U0ANA"))["dnd_enabled"] is False
    await slack.as_("ana").goes_dnd(clock.now() + timedelta(hours=1))
    quiet = await client.dnd_info(user="U0ANA")
    assert quiet["next_dnd_start_ts"] < clock.now().timestamp() < quiet["next_dnd_end_ts"]


async def test_private_channels_are_seen_by_their_members_only(
    slack: LocalSlack, client: AsyncWebClient
):
    await client.chat_postMessage(channel="G0MANAGERS", text="secret")
    assert [seen.text for seen in await slack.as_("maria").sees()] == ["secret"]
    for name in ("ana", "sofia", "gus", "stan", "nina"):
        assert await slack.as_(name).sees() == []
    with pytest.raises(CannotDoError, match="ana sees no channel 'managers'"):
        await slack.as_("ana").sees("managers")


async def test_a_button_needs_somebody_who_sees_it(slack: LocalSlack, client: AsyncWebClient):
    blocks = [{"type": "actions", "elements": [button("take_charge", "I take charge")]}]
    await client.chat_postMessage(channel="G0MANAGERS", text="x", blocks=blocks)
    with pytest.raises(CannotDoError, match="to press there is: nothing"):
        await slack.as_("ana").clicks("take_charge")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_pages_of_other_sites_are_kept_out(slack: LocalSlack, headers: dict[str, str]):
    async with (
        ClientSession() as session,
        session.get(f"{slack.control_url}/now", headers=headers) as response,
    ):
        assert response.status == 403
