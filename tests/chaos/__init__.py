"""A seeded storm over a clinic's weeks, and what has to be true after it."""
