"""The stories that show and check the whole: `amends demo` plays them, the tests hold them."""

from __future__ import annotations

from rich.console import Console

from bot.demo.stage import Missed, Stage
from bot.demo.stories import STORIES


async def play_all() -> bool:
    """Play every story on the terminal; whether each heard exactly what it expects."""
    console = Console(highlight=False)
    failed = []
    for name, story in STORIES.items():
        console.rule(f"[bold]{name}")
        console.print(f"[italic]{' '.join((story.__doc__ or '').split())}[/italic]\n")
        try:
            async with Stage(console) as stage:
                await story(stage)
        except Missed as missed:
            failed.append(name)
            console.print(f"[bold red]Not as it should be:[/bold red] {missed}")
        console.print()
    told = f"{len(STORIES) - len(failed)} of {len(STORIES)} stories went as they should"
    console.rule(f"[bold]{told}" + (f"; not: {', '.join(failed)}" if failed else ""))
    return not failed
