"""Steps from one shape of the tables to the next, run when the database is opened.

Several processes may open it at once, and older ones may go on working on a newer shape. So one
migrates at a time, and a step only adds: tables, and columns that are nullable or have a server
default. What an older program needs goes in a later release than the one that stopped needing it,
by a step that also sets `shape.lives_with` to the revision of the oldest program it leaves
working.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

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
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = _config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        lives_with = connection.scalar(text("SELECT lives_with FROM shape"))
        if lives_with not in known:
            raise NewerShape(current)
        return
    command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the tables back to an older shape, within the connection's transaction."""
    command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
