"""The Web API's users.*, usergroups.*, dnd.*, auth.* and api.*, and the opening of sockets."""

from __future__ import annotations

from datetime import timedelta

from sandbox.backend import Backend
from sandbox.refusals import RefusalError
from sandbox.web_calls import Arguments, Method
from sandbox.workspace import BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, Json, Member


def api_test(backend: Backend, arguments: Arguments) -> Json:
    """api.test"""
    if error := arguments.text("error"):
        raise RefusalError(error)
    return {"args": arguments.given}


def auth_test(backend: Backend, arguments: Arguments) -> Json:
    """auth.test"""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": "Amends sandbox",
        "user": "amends",
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def connections_open(backend: Backend, arguments: Arguments) -> Json:
    """apps.connections.open"""
    base = backend.response_urls.base.replace("http://", "ws://")
    return {"url": f"{base}/link?ticket={backend.sockets.new_ticket()}"}


def _member(backend: Backend, arguments: Arguments) -> Member:
    member = backend.workspace.members.get(arguments.required("user"))
    if member is None:
        raise RefusalError("user_not_found")
    return member


def info(backend: Backend, arguments: Arguments) -> Json:
    """users.info"""
    member = _member(backend, arguments)
    with_locale = arguments.flag("include_locale")
    return {"user": member.as_slack(backend.clock.now(), with_locale=with_locale)}


def list_(backend: Backend, arguments: Arguments) -> Json:
    """users.list"""
    now, with_locale = backend.clock.now(), arguments.flag("include_locale")
    everybody = backend.workspace.members.values()
    return {
        "members": [member.as_slack(now, with_locale=with_locale) for member in everybody],
        "cache_ts": int(now.timestamp()),
        "response_metadata": {"next_cursor": ""},
    }


def dnd_info(backend: Backend, arguments: Arguments) -> Json:
    """dnd.info: of others only the scheduled hours show, which the sandbox puts around now."""
    until, now = _member(backend, arguments).dnd_until, backend.clock.now()
    if until is None or until <= now:
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    started = now - timedelta(minutes=1)
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(started.timestamp()),
        "next_dnd_end_ts": int(until.timestamp()),
    }


def usergroup_users(backend: Backend, arguments: Arguments) -> Json:
    """usergroups.users.list"""
    members = backend.workspace.user_groups.get(arguments.required("usergroup"))
    if members is None:
        raise RefusalError("no_such_subteam")
    return {"users": list(members)}


METHODS = {
    "api.test": Method(api_test, 4),
    "auth.test": Method(auth_test, None),
    "apps.connections.open": Method(connections_open, 1, "connections:write"),
    "users.info": Method(info, 4, "users:read"),
    "users.list": Method(list_, 2, "users:read"),
    "dnd.info": Method(dnd_info, 3, "dnd:read"),
    "usergroups.users.list": Method(usergroup_users, 2, "usergroups:read"),
}
