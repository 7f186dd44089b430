"""Triage of one complaint beside looking up each of its words."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

from bench.result import Result
from bot.books import read_lexicon
from bot.triage_command import read_cases
from flows.triage import triage

CASES = Path(__file__).parent.parent / "tests" / "cases" / "complaints.jsonl"


async def words(rounds: int) -> list[Result]:
    """Medians over the known complaints; reading the lexicon is not among them."""
    lexicon = read_lexicon()
    stories = [case.text for case in read_cases(CASES)]
    known = frozenset(word for story in stories for word in story.split())
    looked_up: list[float] = []
    ours: list[float] = []
    for round_ in range(rounds + 1):
        for story in stories:
            start = time.perf_counter()
            _ = [word for word in re.findall(r"\w+", story.lower()) if word in known]
            between = time.perf_counter()
            triage(story, lexicon)
            end = time.perf_counter()
            if round_:  # the first one warms up
                looked_up.append(between - start)
                ours.append(end - between)
    mine, theirs = (statistics.median(times) * 1e6 for times in (ours, looked_up))
    figures = {"ours_us": mine, "lookup_us": theirs}
    return [
        Result("triage of a complaint, against looking up its words", mine / theirs, None, figures)
    ]
