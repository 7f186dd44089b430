"""What is measured while the bot runs; counts and times only, nothing about anybody."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from flows.ports import Audit

DELAYS = (0.5, 1, 2, 5, 10, 30, 60, 300, 3600)


class Metrics:
    """The figures of one process, in the form that Prometheus reads."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._letters = Counter(
            "amends_letters",
            "Messages to Slack by what became of a try to send them.",
            ["outcome"],
            registry=registry,
        )
        self._delay = Histogram(
            "amends_letter_delay_seconds",
            "From the decision to say something until Slack had it.",
            buckets=DELAYS,
            registry=registry,
        )
        self._open = Gauge("amends_open_complaints", "Complaints under way.", registry=registry)
        self._waiting = Gauge("amends_letters_waiting", "Messages not sent yet.", registry=registry)
        self._faults = Gauge(
            "amends_audit_faults",
            "What the audit finds wrong, by kind; absent when all is well.",
            ["kind"],
            registry=registry,
        )
        self._hears = Gauge(
            "amends_slack_hears", "Whether Slack takes what we say: 1 or 0.", registry=registry
        )

    def letter(self, outcome: str, delay_seconds: float | None = None) -> None:
        """A try to send a letter is over; `delay_seconds` since it was decided, once it stands."""
        self._letters.labels(outcome).inc()
        if delay_seconds is not None:
            self._delay.observe(max(0.0, delay_seconds))

    def text(self, audit: Audit, *, hears: bool) -> bytes:
        """All figures as text."""
        self._open.set(audit.open)
        self._waiting.set(audit.waiting)
        self._hears.set(hears)
        self._faults.clear()
        for kind, count in audit.faults.items():
            self._faults.labels(kind).set(count)
        return generate_latest(self._registry)
