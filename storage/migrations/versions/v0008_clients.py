"""Clients who write to us, which of them filed a complaint, and what one process does alone.

A program from before this step would take what is meant for a client to Slack, so it does not live
with it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "client",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_attachment_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_complaint_id"), "attachment", ["complaint_id"])
    op.create_table(
        "lone_task",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("claimed_by", sa.String(96)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lone_task")),
    )
    with op.batch_alter_table("complaint") as complaint:
        complaint.add_column(sa.Column("client_id", sa.String(64)))
    op.execute("UPDATE shape SET lives_with = '0008'")


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("complaint") as complaint:
        complaint.drop_column("client_id")
    op.drop_table("lone_task")
    op.drop_table("attachment")
    op.drop_table("client")
    op.execute("UPDATE shape SET lives_with = '0007'")
