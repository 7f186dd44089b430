"""The people and channels every sandbox starts with."""

from __future__ import annotations

from sandbox.workspace import BOT_USER, SLACKBOT, Channel, Member, Workspace

_PEOPLE = [
    Member("U0ANA", "ana", "Ana Ruiz"),
    Member("U0BEN", "ben", "Ben Ortiz", locale="es-ES"),
    Member("U0CHLOE", "chloe", "Chloe Wang", locale="zh-CN"),
    Member("U0OMAR", "omar", "Dr. Omar Haddad"),
    Member("U0SOFIA", "sofia", "Sofia Lindqvist"),
    Member("U0MARIA", "maria", "Maria Keller"),
    Member("U0DAVID", "david", "David Stone", tz="America/New_York"),
    Member("U0NINA", "nina", "Nina Park", is_admin=True),
    Member("U0GUS", "gus", "Gus Guest", is_guest=True),
    Member("U0STAN", "stan", "Stan Stranger", team_id="T0OTHER", is_stranger=True),
]
_STAFF = {person.id for person in _PEOPLE if not person.is_guest and not person.is_stranger}


def clinic_workspace() -> Workspace:
    """A clinic with two locations, the bot invited everywhere but to the lounge."""
    bot = Member(BOT_USER, "amends", "Amends", is_bot=True)
    slackbot = Member(SLACKBOT, "slackbot", "Slackbot", is_bot=True)
    everybody = _STAFF | {"U0GUS", "U0STAN"}
    workspace = Workspace(
        [*(Member(**vars(person)) for person in _PEOPLE), bot, slackbot],
        [
            Channel("C0FRONTDESK", "front-desk", (everybody - {"U0NINA"}) | {BOT_USER}),
            Channel(
                "C0UPTOWN", "uptown-desk", {"U0BEN", "U0SOFIA", "U0MARIA", "U0DAVID", BOT_USER}
            ),
            Channel("G0MANAGERS", "managers", {"U0MARIA", "U0DAVID", BOT_USER}, is_private=True),
            Channel("G0ADMIN", "amends-admin", {"U0NINA", "U0DAVID", BOT_USER}, is_private=True),
            Channel("C0LOUNGE", "lounge", set(everybody)),
        ],
    )
    workspace.scopes = {
        "commands",
        "chat:write",
        "im:write",
        "im:history",
        "channels:history",
        "groups:history",
        "groups:read",
        "usergroups:read",
        "users:read",
        "reactions:read",
        "dnd:read",
    }
    workspace.events = {
        "message.channels",
        "message.groups",
        "message.im",
        "app_home_opened",
        "reaction_added",
        "app_mention",
    }
    workspace.commands = {"/complaint": True}
    return workspace
