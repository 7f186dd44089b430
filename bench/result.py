"""What a measurement gives: ours beside a reference of the same run, and the bar between them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table.

    `value` is what the bar is about, in `unit` (a ratio where that is `x`). `bar` reads like
    `>= 10` or `<= 1.5`; None: told, not held to anything. `figures` are the numbers it was
    reckoned from, in the units their names end in.
    """

    what: str
    value: float
    bar: str | None
    figures: dict[str, float] = field(default_factory=dict)
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.bar is None:
            return None
        sign, limit = self.bar.split()
        return self.value >= float(limit) if sign == ">=" else self.value <= float(limit)


def median_ms(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of them don't exceed."""
    return statistics.quantiles(values, n=100)[percent - 1]
