"""The first tables: complaints with all that hangs on them, inbox, outbox, people, secrets."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)


def partial(condition: str) -> dict[str, Any]:
    """The condition of a partial index, the same on every database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_id", sa.String(length=8)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_inbox_event_id")),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["id"], **partial("done_at IS NULL"))
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("morning_list_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("dm_channel", sa.String(length=64)),
        sa.Column("home_opened_at", INSTANT),
        sa.Column("away_until", INSTANT),
        sa.Column("cover", sa.String(length=64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "rules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("filed_by", sa.String(length=64), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("rules_id", sa.String(length=64), nullable=False),
        sa.Column("via", sa.String(length=16)),
        sa.Column("happened_at", INSTANT),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("acknowledged_at", INSTANT),
        sa.Column("acknowledged_by", sa.String(length=64)),
        sa.Column("acknowledged_how", sa.String(length=16)),
        sa.Column("resolved_at", INSTANT),
        sa.Column("remedy", sa.String(length=16)),
        sa.Column("remedy_accepted", sa.Boolean()),
        sa.Column("rating", sa.Integer()),
        sa.Column("booked_again", sa.Boolean()),
        sa.Column("came_back", sa.String(length=16)),
        sa.Column("closed_at", INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("steps_done", sa.JSON(), nullable=False),
        sa.Column("times_reopened", sa.Integer(), nullable=False),
        sa.Column("conflict_exception", sa.Boolean(), nullable=False),
        sa.Column("contact_hash", sa.String(length=64)),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["rules.id"], name=op.f("fk_complaint_rules_id_rules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_complaint_contact_hash"), "complaint", ["contact_hash"])
    op.create_index(op.f("ix_complaint_filed_at"), "complaint", ["filed_at"])
    op.create_index(
        "ix_complaint_open",
        "complaint",
        ["id"],
        **partial("state != 'closed' AND state != 'withdrawn'"),
    )
    op.create_table(
        "act",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_act_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_act")),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("rungs_fired", sa.Integer(), nullable=False),
        sa.Column("hold_until", INSTANT),
        sa.Column("rest_until", INSTANT),
        sa.Column("next_at", INSTANT),
        sa.Column("met_at", INSTANT),
        sa.Column("dropped_at", INSTANT),
        sa.Column("set_by", sa.String(length=64)),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_id", sa.String(length=8)),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_deadline_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(op.f("ix_deadline_complaint_id"), "deadline", ["complaint_id"])
    op.create_index(
        "ix_deadline_live",
        "deadline",
        ["complaint_id", "due_at"],
        **partial("met_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_index(
        "ix_deadline_next",
        "deadline",
        ["next_at"],
        **partial("met_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("complaint_id", sa.Integer()),
        sa.Column("edits", sa.Integer()),
        sa.Column("slot", sa.String(length=80)),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("channel", sa.String(length=64)),
        sa.Column("ts", sa.String(length=32)),
        sa.Column("reason", sa.Text()),
        sa.Column("place", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_outbox_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(["edits"], ["outbox.id"], name=op.f("fk_outbox_edits_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_card", "outbox", ["complaint_id"], **partial("purpose = 'card'"))
    op.create_index(op.f("ix_outbox_channel_ts"), "outbox", ["channel", "ts"])
    op.create_index("ix_outbox_slot", "outbox", ["slot"], **partial("settled_at IS NULL"))
    op.create_index(
        "ix_outbox_unsettled", "outbox", ["conversation", "id"], **partial("settled_at IS NULL")
    )
    op.create_table(
        "snooze",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_snooze_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "person", name=op.f("pk_snooze")),
    )
    op.create_table(
        "timeline",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("key_id", sa.String(length=8)),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_timeline_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "sequence", name=op.f("pk_timeline")),
    )
    op.create_table(
        "ping_item",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_ping_item_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_ping_item_outbox_id_outbox")
        ),
        sa.PrimaryKeyConstraint("outbox_id", "complaint_id", "person", name=op.f("pk_ping_item")),
    )
    op.create_index(
        "ix_ping_item_live",
        "ping_item",
        ["complaint_id"],
        sqlite_where=sa.text("live IS 1"),
        postgresql_where=sa.text("live IS true"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("rung", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=128), nullable=False),
        sa.Column("send_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seen_at", INSTANT),
        sa.Column("acted_at", INSTANT),
        sa.Column("outbox_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_reminder_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_reminder_deadline_id_deadline")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_reminder_outbox_id_outbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "deadline_id",
            "due_at",
            "rung",
            "round",
            "recipient",
            name=op.f("uq_reminder_deadline_id_due_at_rung_round_recipient"),
        ),
    )
    op.create_index(op.f("ix_reminder_complaint_id"), "reminder", ["complaint_id"])
    op.create_index(op.f("ix_reminder_outbox_id"), "reminder", ["outbox_id"])
    op.create_index("ix_reminder_waiting", "reminder", ["send_at"], **partial("state = 'waiting'"))


def downgrade() -> None:
    """Drop the tables, those first that refer to others."""
    for table in (
        "reminder",
        "ping_item",
        "timeline",
        "snooze",
        "outbox",
        "deadline",
        "act",
        "complaint",
        "secret",
        "rules",
        "person",
        "location",
        "draft",
        "inbox",
    ):
        op.drop_table(table)
