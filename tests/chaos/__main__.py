"""`make chaos`: a storm on each database, and whether everything is true after it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from chaos.invariants import Findings
from chaos.storm import Weather


async def _run(seed: int, size: int, databases: list[str]) -> bool:
    calm = True
    for name in databases:
        begun = time.monotonic()
        async with Weather(seed, size, postgres=name == "postgresql") as storm:
            started = storm.clock.now()
            await storm.blows(lambda line: print(f"\r{line}", end="", flush=True))
            days = (storm.clock.now() - started).days
            await storm.crew.stop()
            found = await Findings(storm).all()
            troubles = ", ".join(f"{what} {count}" for what, count in sorted(storm.did.items()))
            print(
                f"\r{name}: seed {seed}, {sum(storm.staff.told.stories.values())} complaints in "
                f"{days} days, {storm.replicas} bots, {time.monotonic() - begun:.0f} s\n"
                f"  went wrong: {troubles}\n  in the logs: {dict(storm.crew.logged())}"
            )
            for line in found:
                print(f"  BROKEN: {line}")
            calm = calm and not found
    return calm


parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--complaints", type=int, default=500)
parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
given = parser.parse_args()
well = asyncio.run(_run(given.seed, given.complaints, given.database or ["sqlite", "postgresql"]))
sys.exit(0 if well else 1)
