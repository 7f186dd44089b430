"""Emergencies and heat of a complaint, the language a person chose, filing by conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)


def complaint_columns() -> tuple[sa.Column[object], ...]:
    """What a complaint knows more."""
    return (
        sa.Column("heated", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("emergency_at", INSTANT),
        sa.Column("called_at", INSTANT),
        sa.Column("called_by", sa.String(64)),
        sa.Column("all_clear_at", INSTANT),
    )


def upgrade() -> None:
    """Add columns and a table; rows that are there need nothing."""
    for column in complaint_columns():
        op.add_column("complaint", column)
    op.add_column("person", sa.Column("language", sa.String(16)))
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(96), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("conversation")
    op.drop_column("person", "language")
    for column in complaint_columns():
        op.drop_column("complaint", column.name)
