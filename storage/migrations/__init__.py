"""Steps from one shape of the tables to the next, run when the database is opened.

Several processes may open it at once, and older ones may go on working on a newer shape. So one
migrates at a time, and a step only adds: tables, and columns that are nullable or have a server
default. What an older program needs goes in a later release than the one that stopped needing it,
by a step that also sets `shape.lives_with` to the revision of the oldest program it leaves
working.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x616D656E
"""The advisory lock under which one process of several migrates."""


class NewerShape(Exception):
    """The tables have a shape that this program can't work on."""


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to the newest shape, within the connection's transaction.

    A newer shape that this program can live with is left as it is.

    Raises:
        NewerShape: this program can't live with it.
    """
    current = _current(connection)
    if revision == "head" and current == _newest():
        return  # as at nearly every start; alembic would take a sixth of it to find that out
    from alembic import command
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        current = _current(connection)
    config = _config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        lives_with = connection.scalar(text("SELECT lives_with FROM shape"))
        if lives_with not in known:
            raise NewerShape(current)
        return
    command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the tables back to an older shape, within the connection's transaction."""
    from alembic import command

    command.downgrade(_config(connection), revision)


def _current(connection: Connection) -> str | None:
    """The shape that the tables have; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return current


def _newest() -> str:
    """The newest revision, which the names of the files begin with."""
    files = (Path(__file__).parent / "versions").glob("v*.py")
    return max(file.name for file in files)[1:5]


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
