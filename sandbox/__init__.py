"""A local Slack on loopback, so that the real bot runs without Slack and time can be moved."""
