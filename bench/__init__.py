"""Benchmarks: what a person waits for, beside a bare Bolt app in the same run."""
