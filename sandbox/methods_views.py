"""The Web API's views.* methods."""

from __future__ import annotations

import json

from sandbox.backend import Backend
from sandbox.block_checks import Surface
from sandbox.refusals import RefusalError
from sandbox.view_checks import view_complaints
from sandbox.views import View
from sandbox.web_calls import Arguments, Method
from sandbox.workspace import Json

VIEW_SIZE = 250_000


def _checked_view(arguments: Arguments, kind: Surface) -> Json:
    view = arguments.json("view")
    if complaints := view_complaints(view, kind):
        raise RefusalError.because("invalid_arguments", complaints)
    if len(json.dumps(view)) > VIEW_SIZE:
        raise RefusalError("view_too_large")
    return dict(view)


def _shown(view: View) -> Json:
    return {"view": view.as_slack()}


def open_(backend: Backend, arguments: Arguments) -> Json:
    """views.open"""
    definition = _checked_view(arguments, "modal")
    trigger = backend.triggers.exchange(arguments.required("trigger_id"))
    # Slack says ok to these, but its clients may show the new modal only for a moment or never
    # (slackapi/bolt-js#639, #1072, #1827).
    if trigger.by_submission:
        backend.violations.append("views.open after a submission: acknowledge it with the view")
    elif backend.views.top(trigger.user_id) is not None:
        backend.violations.append("views.open while a modal is open: push or update it")
    return _shown(backend.views.open(trigger.user_id, definition))


def push(backend: Backend, arguments: Arguments) -> Json:
    """views.push"""
    definition = _checked_view(arguments, "modal")
    trigger = backend.triggers.exchange(arguments.required("trigger_id"))
    return _shown(backend.views.push(trigger.user_id, definition))


def update(backend: Backend, arguments: Arguments) -> Json:
    """views.update"""
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not view_id and not external_id:
        raise RefusalError.because("invalid_arguments", ["view_id or external_id is needed"])
    view = backend.views.find(view_id=view_id, external_id=external_id)
    definition = _checked_view(arguments, view.definition["type"])
    backend.views.update(view, definition, arguments.text("hash") or None)
    return _shown(view)


def publish(backend: Backend, arguments: Arguments) -> Json:
    """views.publish"""
    user_id = arguments.required("user_id")
    if user_id not in backend.workspace.members:
        raise RefusalError.because("invalid_arguments", ["user_id is nobody here"])
    definition = _checked_view(arguments, "home")
    return _shown(backend.views.publish(user_id, definition, arguments.text("hash") or None))


METHODS = {
    "views.open": Method(open_, 4),
    "views.push": Method(push, 4),
    "views.update": Method(update, 4),
    "views.publish": Method(publish, 4),
}
