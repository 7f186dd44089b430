"""An index over the reminders whose letter is on its way, for the audit of each minute."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the index."""
    queued = sa.text("state = 'queued'")
    op.create_index(
        "ix_reminder_queued",
        "reminder",
        ["outbox_id"],
        sqlite_where=queued,
        postgresql_where=queued,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_reminder_queued", "reminder")
