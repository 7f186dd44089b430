"""Whether a rich_text block is well formed."""

from __future__ import annotations

from sandbox.object_checks import ID, URL
from sandbox.shapes import Shape, boolean, kinds, many, one_of, string, whole_number

_MOST = 1000
_TEXT_STYLE = Shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), boolean))
_MENTION_STYLE = Shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink"), boolean),
)

_INLINE = kinds(
    {
        "text": Shape({"text": string(3000)}, {"style": _TEXT_STYLE}),
        "link": Shape(
            {"url": URL}, {"text": string(3000), "unsafe": boolean, "style": _TEXT_STYLE}
        ),
        "emoji": Shape({"name": string(100)}, {"unicode": string(100)}),
        "user": Shape({"user_id": ID}, {"style": _MENTION_STYLE}),
        "usergroup": Shape({"usergroup_id": ID}, {"style": _MENTION_STYLE}),
        "channel": Shape({"channel_id": ID}, {"style": _MENTION_STYLE}),
        "broadcast": Shape({"range": one_of("here", "channel", "everyone")}),
        "color": Shape({"value": string(7, pattern="#[0-9a-fA-F]{6}")}),
        "date": Shape(
            {"timestamp": whole_number(0, 9_999_999_999), "format": string(200)},
            {"url": URL, "fallback": string(3000)},
        ),
    },
    "rich text element",
)
_INLINES = many(_INLINE, at_least=0, at_most=_MOST)
_SECTION = Shape({"elements": _INLINES})
_BORDER = whole_number(0, 1)


_PARTS = kinds(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": Shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": many(
                    kinds({"rich_text_section": _SECTION}, "list item"), at_most=_MOST
                ),
            },
            {
                "indent": whole_number(0, 8),
                "offset": whole_number(0, _MOST),
                "border": _BORDER,
            },
        ),
        "rich_text_preformatted": Shape(
            {"elements": _INLINES}, {"border": _BORDER, "language": string(50)}
        ),
        "rich_text_quote": Shape({"elements": _INLINES}, {"border": _BORDER}),
    },
    "rich text part",
)

RICH_TEXT = Shape({"elements": many(_PARTS, at_most=_MOST)}, {"block_id": ID})
