"""The local Telegram serves the real python-telegram-bot, and says no where Telegram does."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from sandbox.clock import MovableClock
from sandbox.local_slack import LocalSlack
from sandbox.refusals import CannotDoError
from sandbox.telegram.acts import Picked
from sandbox.telegram.local_telegram import LocalTelegram

MEI = 5000000001


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def telegram(clock: MovableClock) -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(clock) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    bot = Bot(
        telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot"
    )
    async with bot:
        yield bot


@asynccontextmanager
async def echoing(telegram: LocalTelegram) -> AsyncIterator[list[Update]]:
    """A bot that says everything again, with a button; gives what it has heard."""
    heard: list[Update] = []

    async def hear(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        heard.append(update)
        if update.callback_query:
            await update.callback_query.answer("heard")
        elif update.message:
            again = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])
            await update.message.reply_text(update.message.text or "?", reply_markup=again)

    application: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(telegram.token)
        .base_url(f"{telegram.url}/bot")
        .base_file_url(f"{telegram.url}/file/bot")
        .build()
    )
    application.add_handler(TypeHandler(Update, hear))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        yield heard
        await application.updater.stop()
        await application.stop()


async def refused(call: Awaitable[Any], error: type[Exception] = BadRequest) -> str:
    """What a call is answered with."""
    with pytest.raises(error) as caught:
        await call
    return str(caught.value)


def picture(width: int = 900, height: int = 600) -> bytes:
    """A photo."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, "PNG")
    return written.getvalue()


def one_button(data: str) -> InlineKeyboardMarkup:
    """A keyboard with one button."""
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton("Go on", callback_data=data))


async def until(telegram: LocalTelegram, true: Callable[[], object]) -> None:
    """Wait in real time for a bot that is no part of the sandbox's clock."""
    async with asyncio.timeout(5):
        while not true():
            await telegram.updates.changed.wait()


async def test_a_real_application_talks_with_a_client(telegram: LocalTelegram):
    async with echoing(telegram) as heard:
        mei = telegram.as_("mei")
        await mei.writes("你好, @kate /status")
        await until(
            telegram,
            lambda: len(telegram.calls) >= 3 and telegram.calls[-1].method == "sendMessage",
        )
        [answer] = await mei.hears()
        assert (answer.text, answer.buttons) == ("你好, @kate /status", ["Again"])
        assert {entity["type"] for entity in answer.entities} == {"mention", "bot_command"}
        assert await mei.presses("Again") == {"text": "heard", "show_alert": False}
        assert heard[0].effective_user is not None
        assert heard[0].effective_user.language_code == "zh-hans"
        said = (await mei.sees())[0]
        await mei.edits(said, "您好")
        await until(telegram, lambda: heard[-1].edited_message is not None)
        await mei.blocks()
        await until(telegram, lambda: heard[-1].my_chat_member is not None)
        membership = heard[-1].my_chat_member
        assert membership is not None
        assert membership.new_chat_member.status == "kicked"
    assert telegram.violations == []


async def test_files_come_and_go(telegram: LocalTelegram, bot: Bot, clock: MovableClock):
    mei = telegram.as_("mei")
    album = [Picked("photo", picture()), Picked("photo", picture(200, 100))]
    first, second = await mei.sends(*album, caption="红肿")
    [scan] = await mei.sends(Picked("document", b"%PDF-1.7", "scan.pdf", "application/pdf"))
    assert (first.text, second.text, scan.kind) == ("红肿", "", "document")
    updates = await bot.get_updates()
    messages = [update.message for update in updates if update.message]
    assert messages[0].media_group_id == messages[1].media_group_id is not None
    sizes = messages[0].photo
    assert [(size.width, size.height) for size in sizes] == [
        (90, 60),
        (320, 213),
        (800, 533),
        (900, 600),
    ]
    file = await bot.get_file(sizes[-1].file_id)
    fetched = bytes(await file.download_as_bytearray())
    assert Image.open(io.BytesIO(fetched)).size == (900, 600)
    await clock.pass_(timedelta(minutes=61))
    assert await refused(file.download_as_bytearray(), InvalidToken) == "Not Found"
    [large] = await mei.sends(Picked("video", b"much", "film.mp4", size=21 * 1024**2))
    assert await refused(bot.get_file(large.file_id or "")) == "File is too big"
    with pytest.raises(CannotDoError, match="only a picture"):
        await mei.sends(Picked("photo", b"no picture"))
    await bot.send_photo(MEI, picture(), caption="a copy")
    await bot.send_document(MEI, b"words", filename="reply.txt")
    shown = (await mei.sees())[-2:]
    assert [(bubble.kind, bubble.text) for bubble in shown] == [
        ("photo", "a copy"),
        ("document", ""),
    ]


TOO_MUCH: list[tuple[str, dict[str, Any]]] = [
    ("Message text is empty", {"text": " \n\x00"}),
    ("Message is too long", {"text": "a" * 4097}),
    ("Message is too long", {"text": "😀" * 2049}),
    (
        'Can\'t parse entities: unsupported start tag "x" at byte offset 2',
        {"text": "a <x>", "parse_mode": "HTML"},
    ),
    (
        "Can't parse entities: can't find end tag corresponding to start tag \"b\"",
        {"text": "<b>a", "parse_mode": "HTML"},
    ),
    ("Unsupported parse_mode", {"text": "a", "parse_mode": "Loud"}),
    ("Button_data_invalid", {"text": "a", "reply_markup": one_button("好" * 22)}),
]


@pytest.mark.parametrize(("why", "arguments"), TOO_MUCH)
async def test_what_is_no_message(telegram: LocalTelegram, bot: Bot, why: str, arguments: Any):
    await telegram.as_("mei").starts()
    assert (await refused(bot.send_message(MEI, **arguments))).lower() == why.lower()
    assert telegram.violations


async def test_entities_are_counted_in_utf_16(telegram: LocalTelegram, bot: Bot):
    await telegram.as_("mei").starts()
    sent = await bot.send_message(MEI, "😀 bold", entities=[MessageEntity("bold", 3, 4)])
    assert sent.parse_entities() == {MessageEntity("bold", 3, 4): "bold"}
    split = refused(bot.send_message(MEI, "😀", entities=[MessageEntity("bold", 1, 1)]))
    assert "middle of a utf-16 symbol" in await split
    beyond = refused(bot.send_message(MEI, "a", entities=[MessageEntity("bold", 0, 2)]))
    assert "after the end" in await beyond


async def test_edits(telegram: LocalTelegram, bot: Bot, clock: MovableClock):
    mine = await telegram.as_("mei").starts()
    sent = await bot.send_message(MEI, "one")
    await sent.edit_text("two")
    assert (await telegram.as_("mei").last()).edited
    assert (await refused(sent.edit_text("two"))).startswith("Message is not modified")
    assert await refused(bot.edit_message_text("x", MEI, 99)) == "Message to edit not found"
    assert await refused(bot.edit_message_text("x", MEI, mine.id)) == "Message can't be edited"
    await clock.pass_(timedelta(hours=49))
    assert "can't be deleted for everyone" in await refused(sent.delete())


async def test_whom_a_bot_may_not_write_to(telegram: LocalTelegram, bot: Bot):
    assert await refused(bot.send_message(1, "hello")) == "Chat not found"
    started = "Forbidden: bot can't initiate conversation with a user"
    assert await refused(bot.send_message(MEI, "hello"), Forbidden) == started
    mei = telegram.as_("mei")
    await mei.starts()
    await bot.send_message(MEI, "hello")
    await mei.blocks()
    blocked = "Forbidden: bot was blocked by the user"
    assert await refused(bot.send_message(MEI, "hello"), Forbidden) == blocked
    await mei.unblocks()
    await bot.send_message(MEI, "hello")
    await mei.deletes_account()
    gone = "Forbidden: user is deactivated"
    assert await refused(bot.send_message(MEI, "hello"), Forbidden) == gone
    group = telegram.cloud.new_group("Family", "group")
    await bot.leave_chat(group)
    left = "Forbidden: bot is not a member of the group chat"
    assert await refused(bot.send_message(group, "hello"), Forbidden) == left
    assert telegram.violations == []


async def test_haste_is_answered_with_retry_after(
    telegram: LocalTelegram, bot: Bot, clock: MovableClock
):
    await telegram.as_("mei").starts()
    for _ in range(5):
        await bot.send_message(MEI, "hello")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(MEI, "hello")
    assert str(caught.value) == "Flood control exceeded. Retry in 0:00:01"
    await clock.pass_(timedelta(seconds=1))
    await bot.send_message(MEI, "hello")


async def test_old_queries_and_two_pollers(telegram: LocalTelegram, bot: Bot, clock: MovableClock):
    mei = telegram.as_("mei")
    await mei.starts()
    await bot.send_message(MEI, "?", reply_markup=one_button("go"))
    pressing = asyncio.create_task(mei.presses("go"))
    await until(telegram, lambda: telegram.updates.pending() == 2)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    await clock.pass_(timedelta(minutes=2))
    assert (await refused(query.answer())).startswith("Query is too old")
    pressing.cancel()
    first = asyncio.create_task(bot.get_updates(offset=-1 + 2**31, timeout=5))
    await until(telegram, telegram.updates.polled)
    async with ClientSession() as session:
        await session.get(f"{telegram.url}/bot{telegram.token}/getUpdates")
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_tokens(telegram: LocalTelegram, bot: Bot):
    wrong = f"{telegram.url}/bot7000000002:other/getMe"
    async with ClientSession() as session, session.get(wrong) as answer:
        assert answer.status == 401
    telegram.backend.token_revoked = True
    with pytest.raises(InvalidToken):
        await bot.get_me()


async def test_updates_go_to_the_webhook_with_its_secret_until_taken(
    telegram: LocalTelegram, bot: Bot, clock: MovableClock
):
    taken: list[tuple[str | None, int]] = []

    async def take(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        taken.append((secret, (await request.json())["update_id"]))
        return web.Response(status=500 if len(taken) == 1 else 200)

    app = web.Application()
    app.router.add_post("/telegram", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
        assert "https url" in await refused(bot.set_webhook("http://example.org/"))
        unallowed = refused(bot.set_webhook(url, secret_token="no spaces"))
        assert await unallowed == "Secret token contains unallowed characters"
        await bot.set_webhook(url, secret_token="s3cret")
        assert "while webhook is active" in await refused(bot.get_updates(), Conflict)
        await telegram.as_("mei").writes("hello")
        await clock.pass_(timedelta(seconds=10))
        assert [secret for secret, _ in taken] == ["s3cret", "s3cret"]
        assert taken[0][1] == taken[1][1]
        assert (await bot.get_webhook_info()).pending_update_count == 0
    finally:
        await runner.cleanup()


async def test_updates_are_kept_a_day_and_told_again_until_confirmed(
    telegram: LocalTelegram, bot: Bot, clock: MovableClock
):
    mei = telegram.as_("mei")
    await mei.writes("one")
    await clock.pass_(timedelta(hours=20))
    await mei.writes("two")
    assert len(await bot.get_updates()) == 2
    ids = [update.update_id for update in await bot.get_updates()]
    telegram.updates.shuffle = random.Random(1)  # noqa: S311
    assert sorted(u.update_id for u in await bot.get_updates()) == ids
    await clock.pass_(timedelta(hours=5))
    assert [update.update_id for update in await bot.get_updates()] == ids[1:]
    assert await bot.get_updates(offset=ids[1] + 1) == ()


async def test_commands_in_the_menu(telegram: LocalTelegram, bot: Bot):
    await bot.set_my_commands([BotCommand("status", "Where my complaint stands")])
    assert [command.command for command in await bot.get_my_commands()] == ["status"]
    assert await refused(bot.set_my_commands([("Status!", "x")])) == "Bot_command_invalid"
    assert await refused(bot.set_my_commands([("s", "x" * 257)])) == (
        "Bot_command_description_invalid"
    )
    await bot.set_my_description("How to complain")
    assert (await bot.get_my_description()).description == "How to complain"


async def test_faults(telegram: LocalTelegram, bot: Bot, slack: LocalSlack):
    await telegram.as_("mei").starts()
    telegram.faults.fail("sendMessage", after_effect=True)
    with pytest.raises(NetworkError):
        await bot.send_message(MEI, "hello")
    assert (await telegram.as_("mei").last()).text == "hello"
    telegram.faults.fail("sendMessage", status=502)
    with pytest.raises(NetworkError):
        await bot.send_message(MEI, "hello")
    telegram.faults.fail("sendMessage", status=429)
    with pytest.raises(RetryAfter):
        await bot.send_message(MEI, "hello")
    with telegram.faults.outage(), pytest.raises(NetworkError):
        await bot.get_me()
    await bot.get_me()
