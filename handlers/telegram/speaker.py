"""Says a letter on Telegram: drawn in the client's language, sent once."""

from __future__ import annotations

from telegram import Bot, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from flows.client import TO_CLIENT
from flows.desk import Desk
from flows.ports import Clock, Letter, PostedAt, Store
from handlers.telegram.pictures import ClientPen, draw
from handlers.texts import Texts
from handlers.trouble import NotNow, Undeliverable


class TelegramSpeaker:
    """Turns letters to clients into calls; keeps nothing and repeats nothing by itself."""

    def __init__(self, bot: Bot, store: Store, desk: Desk, texts: Texts, clock: Clock) -> None:
        self._bot = bot
        self._store = store
        self._desk = desk
        self._texts = texts
        self._clock = clock

    async def say(self, letter: Letter) -> PostedAt | None:
        """Send the letter; where it stands now, None when she is not known any more.

        Telegram can't be asked what was sent, so an uncertain letter goes out again: she may see
        it twice, and never not at all.

        Raises:
            NotNow: Telegram can't take it now.
            Undeliverable: she blocked us, or is gone.
        """
        async with self._store.look() as books:
            client = await books.client(letter.to.removeprefix(TO_CLIENT))
        if client is None:
            return None
        pen = ClientPen(self._texts, self._desk.clinic, client, self._clock.now())
        picture = draw(letter.key, letter.facts, letter.number, pen)
        try:
            sent = await self._bot.send_message(
                client.address,
                picture.text,
                reply_markup=picture.keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as problem:
            raise meaning_of(problem) from None
        return PostedAt(letter.to, str(sent.id), sent.date)


def meaning_of(problem: TelegramError) -> Exception:
    """What to raise for it: NotNow, Undeliverable, or the problem itself when it is our mistake."""
    match problem:
        case RetryAfter():
            return NotNow("ratelimited", seconds_of(problem))
        case InvalidToken():
            return NotNow("invalid_token")
        case Forbidden():
            return Undeliverable("forbidden")
        case BadRequest() if "chat not found" in problem.message.lower():
            return Undeliverable("chat_not_found")
        case BadRequest():
            return problem
        case NetworkError():
            return NotNow(type(problem).__name__, uncertain=True)
    return problem


def seconds_of(problem: RetryAfter) -> float:
    """How long Telegram wants us to wait."""
    after = problem.retry_after
    return float(after if isinstance(after, int) else after.total_seconds())
