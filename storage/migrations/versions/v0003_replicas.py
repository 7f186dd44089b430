"""Leases on letters and events, so that several processes share the work."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True)


def lease() -> tuple[sa.Column[object], ...]:
    """Which process works on it, and until when nobody else does."""
    return (sa.Column("claimed_by", sa.String(96)), sa.Column("lease_until", INSTANT))


def event_columns() -> tuple[sa.Column[object], ...]:
    """What an event knows more."""
    return (
        sa.Column("lane", sa.String(96), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("not_before", INSTANT),
        *lease(),
    )


def waiting_index(*columns: str) -> None:
    """The index over the events that wait, anew."""
    waiting = sa.text("done_at IS NULL")
    op.drop_index("ix_inbox_waiting", "inbox")
    op.create_index(
        "ix_inbox_waiting", "inbox", columns, sqlite_where=waiting, postgresql_where=waiting
    )


def upgrade() -> None:
    """Add columns and a table; rows that are there need nothing."""
    for column in lease():
        op.add_column("outbox", column)
    for column in event_columns():
        op.add_column("inbox", column)
    waiting_index("lane", "id")
    shape = op.create_table(
        "shape",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lives_with", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shape")),
    )
    op.bulk_insert(shape, [{"id": 1, "lives_with": revision}])


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("shape")
    waiting_index("id")
    for column in event_columns():
        op.drop_column("inbox", column.name)
    for column in lease():
        op.drop_column("outbox", column.name)
