"""Which sentence tells an event of a complaint's history; never anybody's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flows.complaint import Attempt, DeadlineKind, How, Remedy, Severity
from flows.ports import Case
from handlers.slack.pen import Fact, Pen
from handlers.slack.pictures.step import undated


def event(
    kind: str, actor: str, public: Mapping[str, str], case: Case, pen: Pen
) -> tuple[str, dict[str, Fact]]:
    """The key and facts of the sentence about an entry of this kind."""
    key, facts = _variant(kind, public, case, pen)
    return f"event.{key}", {"person": pen.person(actor), **facts}


def _variant(
    kind: str, public: Mapping[str, str], case: Case, pen: Pen
) -> tuple[str, dict[str, Fact]]:
    match kind:
        case "filed" if public.get("kept") == "yes":
            suggested = Severity(int(public["suggested_severity"]))
            return "filed_kept", {
                "severity": Severity(int(public["severity"])),
                "suggested": suggested,
            }
        case "filed":
            return kind, {"severity": Severity(int(public["severity"]))}
        case "client_wrote":
            length = int(public["length"])
            return (kind, {"n": length}) if length else ("client_sent", {})
        case "reply_failed" | "client_unheard":
            return kind, {}
        case "client_edited":
            return kind, {"n": int(public["length"])}
        case "contacted":
            first = public["first"] == "yes"
            return "contacted" if first else "contacted_again", {"how": How(public["how"])}
        case "tried" if public["acknowledges"] == "yes":
            return "voicemail", {}
        case "tried":
            return kind, {"how": Attempt(public["how"]), "n": int(public["attempts"])}
        case "assigned" | "owner_excepted":
            return kind, {"owner": pen.person(public["person"])}
        case "handed_on":
            return kind, {
                "former": pen.person(public["former"]),
                "owner": pen.person(public["person"]),
            }
        case "moved":
            places = (pen.clinic.location(public[when]).name for when in ("before", "after"))
            return kind, dict(zip(("before", "after"), places, strict=True))
        case "severity_changed":
            before, after = Severity(int(public["before"])), Severity(int(public["after"]))
            return kind, {"before": before, "after": after}
        case "step_done":
            step = undated(public["step"], case, pen)
            return ("step_done_unknown", {}) if step is None else (kind, {"step": step})
        case "follow_up_set":
            return kind, {"at": datetime.fromisoformat(public["at"])}
        case "followed_up":
            return f"followed_up_{public['reached']}", {}
        case "escalated":
            return kind, {"people": pen.everybody(public["people"].split(","))}
        case "resolved":
            return kind, {"remedy": Remedy(public["remedy"])}
        case "closed":
            return f"closed_{public['came_back']}", {}
        case "paused":
            return kind, {"until": datetime.fromisoformat(public["until"])}
        case "snoozed":
            return f"snoozed_{public['reason']}", {"until": datetime.fromisoformat(public["until"])}
        case "reminded":
            return kind, {
                "people": pen.everybody(public["people"].split(",")),
                "deadline": DeadlineKind(public["deadline"]),
                "due": datetime.fromisoformat(public["due"]),
            }
        case _:
            return kind, {}
