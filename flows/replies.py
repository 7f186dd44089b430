"""What people type where they could press a button, in the three languages.

A reply counts only when all of it is understood: `not billing` is no *billing*. What is read
wrongly would be filed wrongly; what is refused is asked again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

from flows.complaint import ComplaintType, Via


class Wish(StrEnum):
    """What a reply may want instead of answering."""

    BACK = "back"
    SKIP = "skip"
    CANCEL = "cancel"
    FILE = "file"
    GO_ON = "go_on"
    ANEW = "anew"
    NO = "no"


Words = Mapping[str, tuple[str, ...]]
"""How each meaning is said, a line a language: phrases with `|` between them, without accents."""

WISHES: Words = {
    Wish.BACK: (
        "back|go back|previous",
        "返回|上一步|上一个|后退|回去",
        "atras|volver|vuelve|anterior",
    ),
    Wish.SKIP: (
        (
            "skip|next|pass|don't know|dont know|i don't know|no idea|not known|unknown|none"
            "|don't have it|i don't have it|we don't have it"
        ),
        "跳过|略过|不知道|不清楚|下一个|下一步|没留|没有留|没留电话|没有电话|没有联系方式|没留联系方式",
        (
            "saltar|omitir|siguiente|no se|no lo se|paso|no tengo|no lo tengo|no la tengo"
            "|no tenemos|no lo tenemos|ninguno|ninguna"
        ),
    ),
    Wish.CANCEL: (
        "cancel|stop|quit|abort",
        "取消|停止|算了|不填了",
        "cancelar|cancela|parar|dejarlo",
    ),
}
_YES = ("yes|ok|okay|y|yes please", "是|是的|对|好|好的|可以", "si|vale|de acuerdo")
FILING: Words = {
    Wish.FILE: (
        *_YES,
        "file|file it|submit|send|save|file it now",
        "提交|登记|确认|马上登记",
        "registrar|registrarla|registrala|enviar|guardar|registrar ya",
    ),
}
GOING_ON: Words = {
    Wish.GO_ON: (
        "go on|continue|resume|carry on",
        "继续|接着|接着来",
        "seguir|sigue|continuar|continua",
    ),
}
AFTER_A_PAUSE: Words = {
    Wish.GO_ON: (*_YES, *GOING_ON[Wish.GO_ON]),
    Wish.ANEW: (
        "start anew|anew|new|start over|start again|no",
        "重新开始|重来|新的|重新|不",
        "empezar de nuevo|de nuevo|otra|nueva|nuevo",
    ),
}
ALARM: Words = {
    **FILING,
    Wish.NO: (
        "no|no emergency|not an emergency|it is no emergency|false alarm",
        "不|不是|没事|不紧急|不是紧急情况",
        "no|no es una emergencia|no es emergencia|falsa alarma",
    ),
    Wish.CANCEL: (
        "cancel|stop|quit|it is no complaint|no complaint|not a complaint",
        "取消|停止|算了|不是投诉",
        "cancelar|cancela|no es una queja|no es queja",
    ),
}
HELP: Words = {
    "help": (
        "help|help me|what can you do|how does this work|how do you work|who are you",
        "帮助|帮忙|你会什么|你能做什么|怎么用|你是谁",
        "ayuda|ayudame|que puedes hacer|que sabes hacer|como funciona|quien eres",
    ),
}
"""Asked of the bot itself: no client said it."""

SPOKEN: Words = {
    "no": (
        "no|n|not yet|nobody|no one|no not yet",
        "没有|没|还没|还没有|未|不",
        "todavia no|aun no",
    ),
    "yes": (
        (
            "yes|y|yeah|yep|i have|i did|yes i have|yes i did|already|i already did|i called her"
            "|i called him|i spoke with her|i spoke with him|i spoke to her|i spoke to him"
            "|i talked to her|i talked to him|yes i've spoken with the client"
        ),
        (
            "是|是的|有|对|说过|谈过|沟通过|联系过|是 已和客户沟通|已和客户沟通|已经谈过了"
            "|谈过了|说过了|沟通过了|联系过了|我谈过了|跟她谈过了|跟他谈过了|我跟她谈过了|我跟他谈过了|我已经跟她谈过了"
            "|我已经跟他谈过了|已经跟她谈过了|已经跟他谈过了|和她谈过了|我和她谈过了|打过电话了"
        ),
        (
            "si|ya|si ya|ya hable|si ya hable con el cliente|ya hable con ella|ya hable con el"
            "|si ya hable con ella|si ya hable con el|hable con ella|hable con el|ya la llame"
            "|ya lo llame|ya le llame"
        ),
    ),
    "settled": (
        (
            "settled|yes settled|yes and it's settled|yes and it's settled severity 1 only"
            "|solved|resolved|done"
        ),
        "已解决|解决|已经解决|是 而且已经解决|是 而且已经解决 仅限一级",
        (
            "resuelto|resuelta|ya esta|solucionado|arreglado|si y esta resuelto|si y quedo resuelta"
            "|si y quedo resuelta solo gravedad 1"
        ),
    ),
}
TYPES: Words = {
    ComplaintType.RESULT: (
        "result|results|result below expectation|effect|outcome",
        "效果|结果|效果未达预期|效果不好|没效果",
        "resultado|resultados|resultado por debajo de lo esperado",
    ),
    ComplaintType.SERVICE: (
        "service|service and attitude|attitude|wait|waiting|booking",
        "服务|态度|服务态度|等候|预约",
        "servicio|atencion|trato|atencion y trato|espera",
    ),
    ComplaintType.BILLING: (
        "billing|bill|price|prices|charge|charges|price and charges|money|cost|invoice",
        "计费|收费|价格|账单|费用|钱|价格与收费争议",
        "facturacion|factura|precio|precios|cobro|cobros|precio y cobros|precios y cobros|dinero",
    ),
    ComplaintType.PRIVACY: (
        "privacy|photo|photos|data",
        "隐私|隐私泄露|隐私泄露担忧|照片|资料",
        "privacidad|privacidad de los datos|foto|fotos|datos",
    ),
    ComplaintType.SAFETY: (
        "safety|medical|medical safety|health",
        "安全|医疗|医疗安全|医疗安全质疑",
        "seguridad|medico|seguridad medica|salud",
    ),
}
SEVERITIES: Words = {
    "1": ("1|one|minor|low|mild|1 minor", "轻微|轻|一级|一|1级|一级 轻微", "leve|uno|baja|1 leve"),
    "2": (
        "2|two|moderate|medium|2 moderate",
        "中度|中|二级|二|2级|二级 中度",
        "moderada|moderado|dos|media|2 moderada",
    ),
    "3": (
        "3|three|severe|serious|high|3 severe",
        "严重|重|三级|三|3级|三级 严重",
        "grave|tres|alta|3 grave",
    ),
}
VIAS: Words = {
    Via.IN_PERSON: (
        "in person|at the desk|desk|face to face",
        "当面|现场|前台|面对面",
        "en persona|presencial|en recepcion",
    ),
    Via.PHONE: (
        "phone|by phone|call|a call|telephone|called",
        "电话|打电话|来电",
        "telefono|por telefono|llamada|llamo",
    ),
    Via.MESSAGE: (
        "message|by message|text|sms|chat|whatsapp|wechat",
        "消息|短信|微信|留言",
        "mensaje|por mensaje",
    ),
    Via.EMAIL: (
        "email|e-mail|by e-mail|by email|mail",
        "邮件|电子邮件|邮箱",
        "correo|por correo|correo electronico|por correo electronico",
    ),
    Via.WEB: (
        "web|website|through the website|web form|form",
        "网站|网页|官网|表单",
        "formulario|pagina web|por la web|sitio web|por el sitio web|en la web",
    ),
    Via.REVIEW: (
        "review|in a public review|public review|google|yelp",
        "评价|公开评价|点评",
        "resena|en una resena|resena publica|en una resena publica",
    ),
    Via.TELEGRAM: ("telegram|on telegram", "电报", "por telegram|en telegram"),
}
NOBODY: Words = {
    "nobody": ("no|nobody|none|no one|n", "没有|没|不|不是|无|否", "nadie|ninguno|ninguna"),
}

_FILLERS = re.compile(
    r"\b(?:it is|it's|its|the|about|severity|level|type"
    r"|es|la|el|de|gravedad|nivel|tipo|sobre)\b"
)
# 是不是 asks, 对了 is "by the way", and 没问题, 有问题, 好问题 are answers to something else.
_CHINESE_FILLERS = re.compile(
    "^(?:是(?!不)|关于|通过|用)(?=.)|(?<=.)(?:的|吧|(?<!对)了|(?<![没有好是对])问题)$"
)
_GUESSES = re.compile(r"\b(?:i think|maybe|creo que)\b|^(?:应该是|可能是)(?=.)")


def plain(words: str) -> str:
    """The words in small letters without accents, one space apart, without marks around them."""
    apart = unicodedata.normalize("NFKD", words).casefold().replace("’", "'")
    text = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s'@-]", " ", text).split())


def meaning(reply: str, words: Words) -> str | None:
    """Which of the meanings all of the reply has; None when it has none, or more than one."""
    said = plain(reply)
    for wanted in dict.fromkeys((said, _bare(said))):
        found = {value for value, lines in words.items() if wanted in "|".join(lines).split("|")}
        if wanted and len(found) == 1:
            return found.pop()
    return None


def guessed(reply: str) -> str:
    """The reply without its doubt, for what may be guessed: a type or a severity."""
    return _GUESSES.sub(" ", plain(reply))


def named(reply: str, names: Iterable[tuple[str, str]]) -> str | None:
    """The id among (id, name) whose name, or a word that only it has, is all of the reply."""
    said = plain(reply)
    known = [(id_, plain(name)) for id_, name in names]
    for fits in (
        {id_ for id_, name in known if said in (name, plain(id_))},
        {id_ for id_, name in known if said in name.split()},
    ):
        if len(fits) == 1:
            return fits.pop()
    return None


def _bare(said: str) -> str:
    """The reply without the words around the one that counts: `it's about the bill`."""
    said = " ".join(_FILLERS.sub(" ", said).split())
    return _CHINESE_FILLERS.sub("", _CHINESE_FILLERS.sub("", said))
