"""Modals and Home tabs: who has what open, trigger ids, hashes and the stack of three."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from sandbox.forms import State, carried_over, initial_state, named
from sandbox.refusals import RefusalError
from sandbox.workspace import APP_ID, BOT_ID, TEAM_ID, Json, new_id

STACK_LIMIT = 3


@dataclass(frozen=True)
class Trigger:
    """What gave rise to a trigger id."""

    user_id: str
    by_submission: bool


class Triggers:
    """Trigger ids: each proves that a person has just done something, once."""

    def __init__(self) -> None:
        self.lifetime_seconds = 3.0
        """How long, in real time, a trigger id is good for."""
        self._issued: dict[str, tuple[Trigger, float]] = {}
        self._exchanged: set[str] = set()

    def issue(self, user_id: str, *, by_submission: bool = False) -> str:
        """A new trigger id for what this person does now."""
        trigger_id = f"{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = (Trigger(user_id, by_submission), time.monotonic())
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """What the id stands for; refuses one that is unknown, used or too old."""
        if trigger_id in self._exchanged:
            raise RefusalError("exchanged_trigger_id")
        if trigger_id not in self._issued:
            raise RefusalError("invalid_trigger_id")
        trigger, issued_at = self._issued.pop(trigger_id)
        if time.monotonic() - issued_at > self.lifetime_seconds:
            raise RefusalError("expired_trigger_id")
        self._exchanged.add(trigger_id)
        return trigger


@dataclass
class View:
    """A modal or Home tab as one person has it before them."""

    user_id: str
    definition: Json
    root_id: str = ""
    previous_id: str | None = None
    id: str = field(default_factory=lambda: new_id("V"))
    hash: str = ""
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """What stands in red beneath its inputs: block id to message."""
    trouble: str | None = None
    """What Slack itself says at the top when the app did not answer."""

    def __post_init__(self) -> None:
        self.root_id = self.root_id or self.id
        self.replace(self.definition)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, ids filled in."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    def replace(self, definition: Json) -> None:
        """Show something else; what was typed stays where the ids stayed."""
        named(definition["blocks"])
        first = not self.hash
        self.definition = definition
        self.hash = f"{int(time.time())}.{secrets.token_urlsafe(6)}"
        blocks = definition["blocks"]
        self.state = initial_state(blocks) if first else carried_over(self.state, blocks)
        self.errors, self.trouble = {}, None

    def as_slack(self) -> Json:
        """The view object of answers and payloads."""
        definition = self.definition
        view: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": definition["type"],
            "blocks": definition["blocks"],
            "private_metadata": definition.get("private_metadata", ""),
            "callback_id": definition.get("callback_id", ""),
            "external_id": definition.get("external_id", ""),
            "state": {"values": self.state},
            "hash": self.hash,
            "clear_on_close": definition.get("clear_on_close", False),
            "notify_on_close": definition.get("notify_on_close", False),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }
        if definition["type"] == "modal":
            view |= {key: definition.get(key) for key in ("title", "submit", "close")}
        return view


class Views:
    """The stack of modals and the Home tab of every person."""

    def __init__(self) -> None:
        self.homes: dict[str, View] = {}
        self._stacks: dict[str, list[View]] = {}

    def stack(self, user_id: str) -> list[View]:
        """This person's open modals, the visible one last."""
        return self._stacks.setdefault(user_id, [])

    def top(self, user_id: str) -> View | None:
        """The modal this person sees, if any."""
        stack = self.stack(user_id)
        return stack[-1] if stack else None

    def open(self, user_id: str, definition: Json) -> View:
        """Show a first modal, in place of whatever was open."""
        self._refuse_used_external_id(definition, replaced=self.stack(user_id))
        view = View(user_id, definition)
        self._stacks[user_id] = [view]
        return view

    def push(self, user_id: str, definition: Json) -> View:
        """Show a modal on top of the present one."""
        stack = self.stack(user_id)
        if not stack:
            raise RefusalError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise RefusalError("push_limit_reached")
        self._refuse_used_external_id(definition)
        view = View(user_id, definition, root_id=stack[0].id, previous_id=stack[-1].id)
        stack.append(view)
        return view

    def update(self, view: View, definition: Json, expected_hash: str | None = None) -> None:
        """Replace what a view shows, unless it has changed since the bot last saw it."""
        if expected_hash and expected_hash != view.hash:
            raise RefusalError("hash_conflict")
        self._refuse_used_external_id(definition, replaced=[view])
        view.replace(definition)

    def publish(self, user_id: str, definition: Json, expected_hash: str | None = None) -> View:
        """Give this person another Home tab."""
        home = self.homes.get(user_id)
        if home is None:
            self._refuse_used_external_id(definition)
            home = self.homes[user_id] = View(user_id, definition)
        else:
            self.update(home, definition, expected_hash)
        return home

    def close(self, view: View) -> None:
        """Take a view away, if it is still open."""
        stack = self.stack(view.user_id)
        if view in stack:
            stack.remove(view)

    def clear(self, user_id: str) -> None:
        """Take all of this person's modals away."""
        self._stacks[user_id] = []

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """An open view by one of its ids."""
        for view in self._all():
            if view_id == view.id or (
                external_id and view.definition.get("external_id") == external_id
            ):
                return view
        raise RefusalError("not_found")

    def _all(self) -> list[View]:
        return [*(v for stack in self._stacks.values() for v in stack), *self.homes.values()]

    def _refuse_used_external_id(
        self, definition: Json, replaced: list[View] | None = None
    ) -> None:
        external_id = definition.get("external_id")
        others = (view for view in self._all() if view not in (replaced or ()))
        if external_id and any(v.definition.get("external_id") == external_id for v in others):
            raise RefusalError("duplicate_external_id")
