"""Who is on shift at a location and when that changes; absences in a table of their own.

A person may be away now and again later. A program from before this step would read and write the
absences where they no longer are, so it does not live with it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when nobody wrote down."""
PERSON = sa.table("person", sa.column("id"), sa.column("away_until", INSTANT), sa.column("cover"))
ABSENCE = sa.table(
    "absence",
    *(sa.column(name) for name in ("person", "cover")),
    *(sa.column(name, INSTANT) for name in ("since", "until")),
)


def upgrade() -> None:
    """Add the columns and the table, and move the absences there."""
    with op.batch_alter_table("location") as location:
        location.add_column(sa.Column("hand_over_at", INSTANT))
        location.add_column(sa.Column("on_shift", sa.JSON()))
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("cover", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_until"), "absence", ["until"])
    p = PERSON.c
    away = sa.select(p.id, sa.literal(LONG_AGO, INSTANT), p.away_until, p.cover)
    columns = ["person", "since", "until", "cover"]
    op.execute(ABSENCE.insert().from_select(columns, away.where(p.away_until.is_not(None))))
    with op.batch_alter_table("person") as person:
        person.drop_column("cover")
        person.drop_column("away_until")
    op.execute("UPDATE shape SET lives_with = '0007'")


def downgrade() -> None:
    """Move the absences back, the first of each person, and drop the rest."""
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("away_until", INSTANT))
        person.add_column(sa.Column("cover", sa.String(64)))
    a = ABSENCE.c
    mine = sa.select(a.until).where(a.person == PERSON.c.id).order_by(a.since).limit(1)
    first = {
        "away_until": mine.scalar_subquery(),
        "cover": mine.with_only_columns(a.cover).scalar_subquery(),
    }
    op.execute(sa.update(PERSON).values(first))
    op.drop_table("absence")
    with op.batch_alter_table("location") as location:
        location.drop_column("on_shift")
        location.drop_column("hand_over_at")
    op.execute("UPDATE shape SET lives_with = '0006'")
