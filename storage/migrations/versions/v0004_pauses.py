"""The times in which a complaint's clock stands still."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table; nothing that is there was ever paused."""
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_pause_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_complaint_id"), "pause", ["complaint_id"])
    lasting = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_pause_lasting", "pause", ["until"], sqlite_where=lasting, postgresql_where=lasting
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("pause")
