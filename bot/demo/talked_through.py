"""The story of a receptionist who files by conversation, in Chinese, and is interrupted."""

from __future__ import annotations

from datetime import timedelta

from bot.demo.stage import Missed, Stage
from flows.complaint import ComplaintType, Severity
from flows.desk import number_of

DM = "@amends"
A_MOMENT = timedelta(seconds=10)
STORY = "客户说做完热玛吉等了一个多小时没人理，前台态度还很冷淡，很不高兴"


async def talked_through(stage: Stage) -> None:
    """Chloe writes to the bot what happened, and answers question by question in Chinese.

    In the middle the bot is restarted, and she is back only the next morning: it says where they
    were and goes on. Filed, it takes the ordinary path, with words to say in Chinese.
    """
    stage.tell("Between two clients Chloe writes to the bot, in Chinese.")
    await _writes(stage, STORY, "要把这件事登记为投诉吗")
    await _presses(stage, "talk_walk", "哪家门店")
    stage.tell("The bot is restarted in the middle, and nothing is asked twice.")
    await stage.stops_bot()
    await stage.starts_bot()
    await _presses(stage, "Downtown", "和客户沟通过")
    stage.tell("Then the desk is full, and it is the next morning before Chloe is back.")
    await stage.until(10, 0, days=1)
    await _writes(stage, "在吗", "登记到一半")
    await _presses(stage, "talk_go_on", "和客户沟通过")
    await _presses(stage, "还没有", "什么时候告诉我们")
    await _writes(stage, "十分钟前又打来了", "这个时间我看不懂")
    await _writes(stage, "十分钟前", "关于什么")
    await _presses(stage, "服务态度问题（建议）", "严重")
    await _writes(stage, "轻微", "姓名")
    await _writes(stage, "李梅", "怎么联系客户")
    await _writes(stage, "(415) 555-0132", "怎么告诉我们")
    await _writes(stage, "当面", "希望怎么解决")
    await _presses(stage, "talk_back", "怎么告诉我们")
    await _presses(stage, "talk_choose_2", "希望怎么解决")
    await _writes(stage, "希望有人道歉", "什么时候发生的")
    await _writes(stage, "昨天上午11点", "某一位同事")
    await _writes(stage, "跳过", "就这样登记吗")
    await stage.clock.pass_(A_MOMENT)
    await stage.clicks("chloe", "talk_file")
    await stage.expects(chloe=["answer"], front_desk=["card"])
    (answer,) = (await stage.as_("chloe").hears(since="0"))[-1:]
    if "可以对客户这样说" not in answer.readable:
        raise Missed("Chloe was given no words to say in Chinese")
    async with stage.bot.store.look() as books:
        complaint = (await books.case(number_of("C-1001"))).complaint
    if (complaint.type, complaint.severity) != (ComplaintType.SERVICE, Severity.MINOR):
        raise Missed(f"filed as {complaint.type}, {complaint.severity}")
    if complaint.client != "李梅" or complaint.remedy_sought != "希望有人道歉":
        raise Missed("what Chloe answered was not filed")
    if complaint.received_at.astimezone(stage.zone).strftime("%a %H:%M") != "Sat 09:50":
        raise Missed(f"it counts as told at {complaint.received_at}")


async def _writes(stage: Stage, words: str, answer: str) -> None:
    await stage.clock.pass_(A_MOMENT)
    await stage.types("chloe", words, DM)
    await _answered(stage, answer)


async def _presses(stage: Stage, what: str, answer: str) -> None:
    await stage.clock.pass_(A_MOMENT)
    await stage.clicks("chloe", what)
    await _answered(stage, answer)


async def _answered(stage: Stage, words: str) -> None:
    """Chloe is asked or told one thing, in Chinese, and nobody else anything."""
    newest = [message for message in await stage.as_("chloe").sees(DM) if message.by_bot][-1]
    if words not in newest.readable:
        raise Missed(f"expected “{words}”, heard “{newest.readable}”")
    await stage.expects(chloe=["answer"])
