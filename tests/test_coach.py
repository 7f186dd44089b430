"""The wording coach: what it names, what it leaves alone, in three languages."""

from __future__ import annotations

import time
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows.playbook
from bot.books import read_phrasebook
from flows.coach import AdviceKind, coach

BOOK = read_phrasebook()
PLAYBOOK = Path(flows.playbook.__file__).parent

REFUSAL, BLAME, CLOSED = AdviceKind.REFUSAL, AdviceKind.BLAME, AdviceKind.CLOSED_QUESTION
JARGON, OUTCOME, GAG = AdviceKind.JARGON, AdviceKind.OUTCOME, AdviceKind.GAG

NAMED: Mapping[AdviceKind, tuple[tuple[str, str], ...]] = {
    REFUSAL: (
        ("I'm afraid we can't refund that.", "can't refund that"),
        ("Unfortunately we cannot change your appointment.", "cannot change"),
        ("We are not able to give you the money back", "not able to give you"),
        ("I'm sorry, that's not possible.", "that's not possible"),
        ("There's nothing we can do.", "There's nothing we can do"),
        ("We don't do refunds.", "We don't do refunds"),
        ("Sorry, no refunds after treatment.", "Sorry, no refunds after"),
        ("Company policy says that all sales are final.", "Company policy says"),
        ("Refunds are not possible.", "Refunds are not possible"),
        ("Deposits are non-refundable.", "non-refundable"),
        ("It’s against our policy to change a price.", "against our policy"),
        ("Unfortunately this is our policy.", "this is our policy"),
        ("That's just how our policy works.", "how our policy works"),
        ("规定就是这样。", "规定就是这样"),
        ("很抱歉，这个项目不能退。", "不能退"),
        ("我们没办法给您改期", "没办法给您改期"),
        ("做过的项目退不了的。", "退不了"),
        ("这是公司规定，请您谅解。", "这是公司规定"),
        ("这个不行的。", "这个不行的"),
        ("抱歉，打折我们做不到。", "我们做不到"),
        ("这件事不归我管。", "不归我管"),
        ("Lo siento, no podemos devolverle el dinero.", "no podemos devolverle el dinero"),
        ("Eso no es posible.", "no es posible"),
        ("No hacemos devoluciones.", "No hacemos devoluciones"),
        ("Los reembolsos no son posibles.", "Los reembolsos no son posibles"),
        ("No hay nada que podamos hacer", "No hay nada que podamos"),
        ("La política no permite devoluciones.", "política no permite"),
        ("Es política de la clínica.", "Es política de la clínica"),
        ("Lamentablemente no se puede cambiar la cita", "no se puede cambiar la cita"),
    ),
    BLAME: (
        ("You should have read the form.", "You should have read"),
        ("As you were told, swelling happens.", "As you were told"),
        ("You didn't follow the aftercare.", "You didn't follow"),
        ("We already told you about the fee.", "We already told you"),
        ("Nobody else has complained.", "Nobody else has complained"),
        ("I'm sorry you feel that way.", "sorry you feel that way"),
        ("I think you misunderstood the price.", "you misunderstood"),
        ("You knew the price when you booked.", "You knew"),
        ("If you'd followed the instructions, it would be fine now.", "If you'd followed"),
        ("You were clearly informed in advance.", "You were clearly informed in advance"),
        ("It's because you didn't wear sunscreen.", "because you didn't"),
        ("是您自己没看清。", "是您自己没看清"),
        ("我们早就跟您说过了。", "早就跟您说过了"),
        ("您签过字的。", "您签过字"),
        ("您应该早点说的", "您应该早点说"),
        ("别的客人都没这样说", "别的客人都没这样"),
        ("您想太多了", "您想太多了"),
        ("您自己来晚了，所以时间短了。", "您自己来晚了"),
        ("您没有按照医嘱护理。", "您没有按照医嘱"),
        ("您术前签了知情同意书的。", "您术前签了知情同意书"),
        ("Usted ya sabía el precio.", "Usted ya sabía"),
        ("Usted no leyó el documento.", "Usted no leyó"),
        ("Tendría que haber avisado antes.", "Tendría que haber avisado"),
        ("Ya se lo explicamos.", "Ya se lo explicamos"),
        ("Es culpa suya.", "Es culpa suya"),
        ("Lamento que se sienta así.", "Lamento que se sienta así"),
        ("Nadie mas se ha quejado", "Nadie mas se ha quejado"),
    ),
    CLOSED: (
        ("Do you want Tuesday?", "Do you want Tuesday?"),
        ("I'm sorry about that. Is Tuesday at ten okay?", "Is Tuesday at ten okay?"),
        ("Can I book you in for Friday?", "Can I book you in for Friday?"),
        ("I have ten o'clock, does that work?", "does that work?"),
        ("Are you happy now?", "Are you happy now?"),
        ("周二可以吗？", "周二可以吗？"),
        ("您要不要周二过来？", "您要不要周二过来？"),
        ("我明天给您打电话，好吗？", "好吗？"),
        ("我们给您重新约一次，您是否同意?", "您是否同意?"),
        ("¿Quiere venir el martes?", "¿Quiere venir el martes?"),
        ("Le llamo mañana, ¿le parece bien?", "¿le parece bien?"),
        ("¿Le va bien el martes a las diez?", "¿Le va bien el martes a las diez?"),
        ("le viene bien el martes?", "le viene bien el martes?"),
    ),
    JARGON: (
        ("We suspect an occlusion near the nose.", "occlusion"),
        ("The oedema is under observation.", "oedema"),
        ("Our SOP says so", "SOP"),
        ("There was an adverse event after the session.", "adverse event"),
        ("考虑是血管栓塞。", "血管栓塞"),
        ("局部有水肿和红斑", "水肿"),
        ("按SOP处理", "SOP"),
        ("Se ve un eritema en la zona.", "eritema"),
        ("Hay sospecha de oclusión vascular.", "oclusión vascular"),
        ("Le saldrá un edema leve", "edema"),
    ),
    OUTCOME: (
        ("It will be gone in a week.", "It will be gone in a week"),
        ("The lump will go down within three days.", "The lump will go down within three d"),
        ("We guarantee perfect results.", "guarantee perfect results"),
        ("I promise the swelling is gone soon.", "I promise the swelling"),
        ("You will be completely back to normal.", "You will be completely back to normal"),
        ("Le garantizo que la hinchazón baja.", "garantizo que la hinchazón"),
        ("La hinchazón desaparece en dos días.", "hinchazón desaparece en"),
        ("You'll be fine.", "You'll be fine"),
        ("It won't leave a scar.", "won't leave a scar"),
        ("That's completely safe and perfectly normal.", "completely safe"),
        ("There is nothing to worry about.", "There is nothing to worry about"),
        ("我们保证恢复。", "保证恢复"),
        ("肯定不会留疤的", "肯定不会留疤"),
        ("一周之内就会消肿", "一周之内就会消肿"),
        ("这很正常的反应。", "很正常的反应"),
        ("放心，一定会好的。", "放心，一定会好"),
        ("绝对不会有问题的", "绝对不会有问题"),
        ("Seguro que se le quita.", "Seguro que se le quita"),
        ("No quedará marca.", "No quedará marca"),
        ("Se le quitará en una semana.", "Se le quitará en una semana"),
        ("Le garantizamos el resultado.", "garantizamos el resultado"),
        ("Es totalmente normal.", "Es totalmente normal"),
        ("No hay ningún riesgo.", "No hay ningún riesgo"),
    ),
    GAG: (
        ("If you delete your review we give you a refund.", "If you delete your review"),
        (
            "We offer a free facial in exchange for a five-star review.",
            "free facial in exchange for a five-star review",
        ),
        ("As long as you don't post about this,", "As long as you don't post"),
        ("Please remove your review first.", "Please remove your review"),
        ("You would have to sign a non-disclosure agreement.", "sign a non-disclosure agreement"),
        ("You get the discount once the review is deleted.", "once the review is deleted"),
        ("Let's keep this between us.", "keep this between us"),
        ("您删除差评，我们就退款。", "删除差评"),
        ("只要您把评价改成好评", "评价改成好评"),
        ("这事您别往外说。", "别往外说"),
        ("请不要发到网上", "不要发到网上"),
        ("需要您签一份保密协议", "签一份保密协议"),
        ("Le damos un bono a cambio de que no publique nada.", "a cambio de que no publique"),
        ("Si borra su reseña, le devolvemos el dinero.", "Si borra su reseña"),
        ("Tendría que firmar un acuerdo de confidencialidad.", "acuerdo de confidencialidad"),
        ("Le pedimos que no lo publique.", "Le pedimos que no lo publique"),
    ),
}

LETTERS = (
    """Dear Mrs Miller, I'm sorry that you waited forty minutes yesterday and that nobody told you
why. I have spoken with my colleagues, and from today whoever waits longer than ten minutes is told
and offered another time. I'd like to invite you to a complimentary facial.

Which day suits you best?""",
    """王女士您好，昨天让您等了四十分钟，又没有人跟您说明，真的很抱歉。
我已经和同事们谈过，从今天起，等候超过十分钟，我们都会主动告诉客人。
我想请您来做一次免费的护理，您哪天方便？""",
    """Estimada señora Gómez: siento mucho que ayer esperara cuarenta minutos sin que nadie le
dijera por qué. He hablado con el equipo y desde hoy avisamos a quien espere más de diez minutos.

Me gustaría invitarla a un tratamiento facial. ¿Qué día le viene mejor?""",
)

LEFT_ALONE = (
    "Our policy is that we call you back the same day.",
    "I promise we will look at your bill today.",
    "我们的规定是当天回复您",
    # A refusal beside an alternative, and what only sounds like one.
    "We can't refund that, but we can repeat the treatment at no charge.",
    "We can't refund the deposit. What I can do is move it to another day.",
    "I can offer you a voucher instead, as we can't change the bill any more.",
    "I can't imagine how upsetting this must have been.",
    "I can't change what happened, and I am sorry for it.",
    "If I can't give you an answer by Friday, you hear from me all the same.",
    "We won't charge you for the second visit.",
    "You won't pay for it.",
    "I can't thank you enough for telling us.",
    "No refund has reached you yet, and I'm sorry for that.",
    "很抱歉，这个不能退，不过可以给您换一个项目。",
    "退款我们没办法马上办。我能为您做的是先给您申请，周五前答复您。",
    "不能让您白跑一趟。",
    "您的心情我不能不理解。",
    "No podemos devolverle el importe, pero sí podemos repetir el tratamiento.",
    "Eso no es posible. Lo que sí puedo hacer es adelantarle la cita.",
    "No puedo imaginar lo mal que lo ha pasado.",
    "No podemos cambiar lo que pasó, y lo siento mucho.",
    # Taking the blame is not giving it.
    "You should have heard from me before now.",
    "You should have been told about the fee, and you weren't.",
    "You shouldn't have had to wait.",
    "We should have read your note.",
    "None of this is your fault.",
    "I'm sorry that you feel let down.",
    "I'm sorry that I didn't call when I told you I would.",
    "这不是您的问题，是我们没说清楚。",
    "您应该早点收到我们的电话，很抱歉。",
    "不怪您，是我们的错。",
    "是我没说清楚，让您误会了，对不起。",
    "您签的同意书我再给您发一份。",
    "我们应该早点告诉您的。",
    "No es culpa suya, es un error nuestro.",
    "Debió recibir nuestra llamada antes, lo siento.",
    "Tendríamos que haberle avisado.",
    "Siento que se haya sentido mal atendida.",
    # Open questions, choices, favours, and how somebody is.
    "Which day suits you?",
    "Would Tuesday or Thursday suit you better?",
    "Could you tell me what happened?",
    "Are you feeling better?",
    "Do you have any pain or trouble with your vision?",
    "How are you, and what would help you most?",
    "Is there anything else I can do for you?",
    "Do you want Tuesday",
    "您哪天方便？",
    "您看是周二还是周四更合适？",
    "能告诉我当时的经过吗？",
    "您现在好些了吗？",
    "您看东西清楚吗？",
    "您希望我们怎么做？",
    "¿Qué día le viene bien?",
    "¿Prefiere el martes o el jueves?",
    "Lo siento mucho, ¿cómo se encuentra hoy?",
    "¿Me puede contar qué pasó?",
    "¿A qué hora le llamo?",
    "¿Hay algo más que pueda hacer por usted?",
    "que dia le viene mejor?",
    # Terms that the text explains, and words that only look like terms.
    "It may be an occlusion (a blocked blood vessel).",
    "A blocked blood vessel (occlusion) has to be treated at once.",
    "There is some edema, that is, swelling.",
    "The soup was cold and the spotless room was dark.",
    "可能是血管栓塞，也就是血管堵住了。",
    "Puede ser un eritema, es decir, un enrojecimiento.",
    # No promise about the body.
    "I can't promise that it will be gone in a week.",
    "Your refund will be in your account in a week.",
    "The charge will disappear from your statement in three days.",
    "I promise to call you by five.",
    "It is completely normal to feel angry about this.",
    "The doctor will tell you how it will heal.",
    "You will hear from me in two days.",
    "没有人能保证一周就恢复，医生会跟您说明。",
    "我保证今天给您回复。",
    "这件事我一定会好好处理。",
    "退款三天内就会退到您卡上。",
    "您生气是很正常的。",
    "No le puedo garantizar que desaparezca en una semana.",
    "La devolución estará en su cuenta en una semana.",
    "Le aseguro que le llamaré hoy.",
    "Es totalmente normal que esté enfadada.",
    # Reviews may be spoken of, and our own silence promised.
    "Thank you for your review, I have read every word of it.",
    "We will never share your photo with anyone.",
    "We have taken down the picture.",
    "What you write about us is up to you.",
    "谢谢您的评价，我都看过了。",
    "您的照片我们不会公开。",
    "您的照片我们已经删除了。",
    "这次的处理，1到5分，您打几分？",
    "Gracias por su reseña.",
    "Hemos pedido que no publiquen su foto.",
    "Nunca le pediremos que borre su reseña.",
    # Whole texts, and next to nothing.
    *LETTERS,
    "",
    "   \n\n",
    "OK",
    "???",
    "Nous ne pouvons pas rembourser.",
)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [(kind, *row) for kind, rows in NAMED.items() for row in rows],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_names_the_passage_as_typed(kind: AdviceKind, text: str, words: str) -> None:
    found = [advice.words for advice in coach(text, BOOK) if advice.kind is kind]
    assert [each for each in found if each.startswith(words)], coach(text, BOOK)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_it_leaves_alone_what_is_well_said(text: str) -> None:
    assert coach(text, BOOK) == ()


def says(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from says(value)
        elif key.startswith("say"):
            yield value


@pytest.mark.parametrize(
    "file", sorted(PLAYBOOK.glob("*/*.toml")), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_the_playbooks_own_words_read_well(file: Path) -> None:
    texts = list(says(tomllib.loads(file.read_text("utf-8"))))
    assert texts
    assert [(text, coach(text, BOOK)) for text in texts if coach(text, BOOK)] == []


def test_what_it_suggests_reads_well_itself() -> None:
    for book in BOOK.books.values():
        for rule in book.rules.values():
            assert coach(rule.instead, BOOK) == ()
        for _, plain in book.plain:
            assert coach(plain, BOOK) == ()


def test_every_language_knows_every_kind() -> None:
    assert set(BOOK.books) == {"en", "zh", "es"}
    for language, book in BOOK.books.items():
        assert set(book.rules) | {JARGON} == set(AdviceKind), language
        assert len(book.plain) > 25, language


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("It is an edema.", "swelling"),
        ("Es un edema.", "hinchazón"),
        ("这是水肿。", "肿"),
    ],
)
def test_a_plain_word_is_in_the_language_of_the_text(text: str, instead: str) -> None:
    assert [advice.instead for advice in coach(text, BOOK)] == [instead]


def test_each_sentence_is_judged_in_its_own_language() -> None:
    found = coach("很抱歉。We can't refund that. Eso no es posible.", BOOK)
    assert [advice.words for advice in found] == ["can't refund that", "no es posible"]
    assert len({advice.instead for advice in found}) == 2


def test_advice_comes_in_the_order_of_the_text_and_only_once() -> None:
    text = "You should have read it. Is Tuesday fine? We can't refund it. We can't refund it!"
    assert [advice.kind for advice in coach(text, BOOK)] == [BLAME, CLOSED, REFUSAL]


def test_an_alternative_far_away_excuses_nothing() -> None:
    near = "We can't refund that. I'm sorry. What I can do is this."
    far = "We can't refund that. I'm sorry. It is so. It was so. What I can do is this."
    assert coach(near, BOOK) == ()
    assert [advice.kind for advice in coach(far, BOOK)] == [REFUSAL]


def test_accents_and_quotes_may_be_typed_in_any_way() -> None:
    assert coach("We can’t refund that.", BOOK)[0].words == "can’t refund that"
    decomposed = "Si borra su resen\u0303a"
    assert coach(decomposed, BOOK)[0].words == "Si borra su reseña"


PIECES = st.sampled_from(
    [text for rows in NAMED.values() for text, _ in rows]
    + [*LEFT_ALONE, "\n", "?", "？", " ", "，", "(", "¿"]
)


@given(st.lists(PIECES | st.text(max_size=40), max_size=30).map("".join))
def test_any_text_is_read_and_every_passage_comes_from_it(text: str) -> None:
    for advice in coach(text, BOOK):
        assert advice.words
        assert advice.words in unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "piece",
    [
        *("we can't refund ", "if you delete ", ", do you ", "is it or ", "edema ", "a", "("),
        *("您自己没", "如果您", "吗？", "不能", "no podemos devolver ", "a cambio de ", "¿"),
        *("? ", ".", " ", "\n"),
    ],
)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.perf_counter()
    coach(text, BOOK)
    assert time.perf_counter() - started < 5
