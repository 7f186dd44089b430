"""The wiring: the one place that knows transport, rules and storage alike."""
