"""What people see: one module a surface, each a function of what is known and of who reads."""

from handlers.slack.pictures.blocks import Picture

__all__ = ["Picture"]
