"""A short storm on each database; `make chaos` makes a long one."""

from __future__ import annotations

import pytest
from chaos.invariants import Findings
from chaos.storm import Weather


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_after_a_storm_nothing_is_lost_nothing_double_and_nobody_was_left_waiting(
    database: str,
) -> None:
    async with Weather(seed=7, size=12, postgres=database == "postgresql") as storm:
        await storm.blows(lambda _: None)
        await storm.crew.stop()
        found = await Findings(storm).all()
        assert not found, "\n".join(found)
