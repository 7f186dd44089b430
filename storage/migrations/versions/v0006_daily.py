"""The daily roll-up, with what is filed already; and an index for the open complaints of a person.

A program from before this step would not count what it stores, so it does not live with it.
"""

import json
from collections import Counter, defaultdict
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state != 'closed' AND state != 'withdrawn'")
COUNTS = ("filed", "acknowledged", "acknowledge_seconds", "resolved", "resolve_seconds")


def upgrade() -> None:
    """Add the table, count what is there, and add the indexes."""
    daily = op.create_table(
        "daily",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("acknowledge_seconds", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("resolve_seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "location", "type", "severity", name=op.f("pk_daily")),
    )
    rows = _counted(op.get_bind())
    if rows:
        op.bulk_insert(daily, rows)
    for column in ("owner", "location"):
        op.create_index(
            f"ix_complaint_open_{column}",
            "complaint",
            [column],
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
    op.execute("UPDATE shape SET lives_with = '0006'")


def downgrade() -> None:
    """Drop them."""
    op.execute("UPDATE shape SET lives_with = '0003'")
    for column in ("owner", "location"):
        op.drop_index(f"ix_complaint_open_{column}", "complaint")
    op.drop_table("daily")


def _counted(connection: sa.Connection) -> list[dict[str, object]]:
    rules = sa.table("rules", sa.column("id"), sa.column("body"))
    hours = {row.id: json.loads(row.body)["hours"] for row in connection.execute(sa.select(rules))}
    instants = ("filed_at", "received_at", "acknowledged_at", "resolved_at")
    plain = ("location", "type", "severity", "rules_id")
    complaint = sa.table(
        "complaint",
        *(sa.column(name) for name in plain),
        *(sa.column(name, INSTANT) for name in instants),
    )
    figures: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for row in connection.execute(sa.select(complaint)):
        filed, received, acknowledged, resolved = (
            at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
            for at in (row.filed_at, row.received_at, row.acknowledged_at, row.resolved_at)
        )
        zone = ZoneInfo(hours[row.rules_id][row.location]["zone"])
        day = filed.astimezone(zone).date()
        of_day = figures[day, row.location, row.type, row.severity]
        of_day["filed"] += 1
        for name, seconds, reached in (
            ("acknowledged", "acknowledge_seconds", acknowledged),
            ("resolved", "resolve_seconds", resolved),
        ):
            if reached is not None:
                of_day[name] += 1
                of_day[seconds] += int((reached - received).total_seconds())
    return [
        {
            "day": day,
            "location": location,
            "type": type_,
            "severity": severity,
            **{name: counts[name] for name in COUNTS},
        }
        for (day, location, type_, severity), counts in figures.items()
    ]
