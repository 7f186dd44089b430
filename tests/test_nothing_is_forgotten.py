"""Lists that have to stay together: settings, ids, deadlines, scopes; and the rules stay pure."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from bot.books import read_playbook
from bot.clinic_file import EXAMPLE, read_clinic
from bot.manifest import EVENTS, SCOPES, manifest
from bot.serve import SANDBOX_CLINIC
from bot.settings import Settings
from flows.buttons import ANSWERS, SNOOZES
from flows.complaint import ComplaintType, DeadlineKind, Severity
from flows.standing import Verb
from flows.telling import THREAD_KINDS
from handlers.slack import commands, forms, ids, submissions
from handlers.slack.grammar import ABOUT_ONE, VERBS
from handlers.slack.pictures import forms as pictures
from handlers.texts import Texts

ROOT = Path(__file__).parent.parent


def sources(*folders: str) -> list[Path]:
    """The Python files of these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_is_in_the_example_and_the_readme(name: str) -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(rf"^{name}=", example, re.MULTILINE)
    assert f"| `{name}` |" in readme


def test_the_example_and_the_readme_name_no_other_setting() -> None:
    known = {name.upper() for name in Settings.model_fields}
    example = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == known
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)) == known


@pytest.mark.parametrize("file", [EXAMPLE, SANDBOX_CLINIC])
def test_every_deadline_has_a_duration_or_an_explicit_none_for_every_severity(file: Path) -> None:
    clinic = read_clinic(file)
    for kind in DeadlineKind:
        within = clinic.deadlines[kind].within
        if kind is not DeadlineKind.CUSTOM:
            assert within is not None
            assert set(within) == set(Severity)


def listened_to() -> set[str]:
    """The ids of actions, forms and shortcuts that the Slack app answers."""
    tree = ast.parse((ROOT / "handlers/slack/__init__.py").read_text("utf-8"))
    names = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ids"
    }
    found: set[str] = set()
    for name in names:
        value = getattr(ids, name)
        found |= {value} if isinstance(value, str) else set(value)
    return found


def drawn() -> set[str]:
    """The action ids that pictures draw as buttons and dispatching selects."""
    every = {v for k, v in vars(ids).items() if k.isupper() and isinstance(v, str)}
    used: set[str] = set()
    for path in sources("handlers/slack/pictures"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "ids":
                value = getattr(ids, node.attr)
                used |= {value} if isinstance(value, str) else set(value)
            elif isinstance(node, ast.Constant) and node.value in every:
                used.add(node.value)
    pings = {answer for answers in ANSWERS.values() for answer in answers}
    return (used | pings | set(SNOOZES)) - {ids.COMMAND, ids.SHEET, ids.EVENT_PREFIX}


def test_every_id_drawn_has_a_listener_and_the_reverse() -> None:
    assert drawn() - listened_to() == set()
    assert listened_to() - drawn() - {ids.COMMAND, ids.FILE_FROM_MESSAGE} == set()


def test_every_form_is_drawn_allowed_and_saved() -> None:
    special = {ids.ACKNOWLEDGE, ids.CONTACT, ids.NEXT_STEP_DONE, ids.CHANGE_SEVERITY}
    special |= {ids.MOVE, ids.ALL_CLEAR, ids.EMERGENCY_FACTS}
    assert set(pictures.FORMS) | special == set(ids.FORMS)
    assert set(forms.FORM_VERBS) == set(ids.FORMS)
    assert set(submissions.SAVES) == set(ids.FORMS)


def test_every_typed_verb_is_answered_and_in_the_help() -> None:
    assert set(commands.VERBS) == set(VERBS)
    assert set(ABOUT_ONE) <= set(VERBS)
    english = (ROOT / "handlers/texts/en.toml").read_text("utf-8")
    for verb in VERBS:
        assert f"/complaint {verb}" in english or verb == "help", verb


def test_every_verb_of_the_rules_has_a_button() -> None:
    assert {verb.value for verb in Verb} - {"snooze"} <= listened_to()


def test_the_manifest_asks_for_exactly_the_scopes_that_are_used() -> None:
    """Each scope is needed by a method or event that the bot really uses."""
    needs = {
        "chat_postMessage": "chat:write",
        "chat_update": "chat:write",
        "chat_postEphemeral": "chat:write",
        "conversations_open": "im:write",
        "conversations_history": "channels:history groups:history im:history",
        "conversations_replies": "channels:history groups:history im:history",
        "users_info": "users:read",
        "conversations_members": "groups:read",
        "usergroups_users_list": "usergroups:read",
        "dnd_info": "dnd:read",
        "views_open": "",
        "views_push": "",
        "views_update": "",
        "views_publish": "",
        "chat_getPermalink": "",
    }
    of_events = {
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "reaction_added": "reactions:read",
        "app_home_opened": "",
    }
    called = {
        match
        for path in sources("handlers")
        for match in re.findall(r"client\s*\.(\w+_\w+)\(", path.read_text("utf-8"))
    }
    assert called == set(needs)
    assert set(EVENTS) == set(of_events)
    wanted = {"commands"} | set(" ".join([*needs.values(), *of_events.values()]).split())
    assert set(SCOPES) == wanted
    assert json.loads(manifest())["oauth_config"]["scopes"]["bot"] == list(SCOPES)


def test_the_manifest_names_the_command_and_shortcuts_that_are_answered() -> None:
    features = json.loads(manifest())["features"]
    assert [command["command"] for command in features["slash_commands"]] == [ids.COMMAND]
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == {
        ids.FILE_COMPLAINT,
        ids.FILE_FROM_MESSAGE,
    }


def test_every_event_of_a_thread_has_its_sentence() -> None:
    keys = Texts.load().keys
    for kind in THREAD_KINDS:
        assert any(key.startswith(f"event.{kind}") for key in keys), kind


def test_the_playbook_has_words_for_every_type_and_severity() -> None:
    playbook = read_playbook()
    for type_ in ComplaintType:
        for severity in Severity:
            steps = [step for step in playbook.steps if step.covers(type_, severity)]
            assert {stage for step in steps for stage in step.stages} >= {"new", "resolved"}
            for step in steps:
                words = playbook.words(step.id, type_, severity)
                assert words.do
                assert words.card_undated


@pytest.mark.parametrize("path", sources("flows"), ids=lambda path: path.stem)
def test_the_rules_never_ask_for_the_time(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            clock = path.stem == "desk" and ast.unparse(node.func) == "self._clock.now"
            assert node.func.attr not in ("now", "today", "utcnow") or clock


def test_every_reminder_set_by_hand_has_its_sentences() -> None:
    """`what` of a custom deadline, wherever the rules set one, is said when due and when late."""
    source = "".join(path.read_text("utf-8") for path in sources("flows"))
    whats = set(re.findall(r'custom\(.*moment, "(\w+)"\)', source))
    whats |= set(re.findall(r'what = "(\w+)" if [^\n]* else "(\w+)"', source)[0])
    assert whats == {"contact", "close", "follow_up_done"}
    keys = Texts.load().keys
    for what in whats:
        assert {f"ping.due.custom_{what}", f"ping.late.custom_{what}"} <= keys
