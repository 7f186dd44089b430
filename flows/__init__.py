"""The rules of complaint recovery: pure decisions, no input or output, `now` always an argument."""
