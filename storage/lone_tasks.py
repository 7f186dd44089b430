"""What only one process does at a time: its lease ends when it stops renewing it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import tables as t
from storage.kit import Kit
from storage.upsert import insert_new


class LoneTasks:
    """Which of them are ours."""

    def __init__(self, writer: AsyncEngine, kit: Kit) -> None:
        self._writer = writer
        self._kit = kit

    async def hold(self, name: str) -> bool:
        """Take the task, or keep it for another LEASE; False while another process has it."""
        task, replica = t.lone_task, self._kit.replica
        async with self._writer.begin() as conn:
            wall = await self._kit.wall(conn)
            await insert_new(conn, task, [{"id": name}])
            free = update(task).where(task.c.id == name, replica.may_take(task, wall))
            return (await conn.execute(free.values(replica.lease(wall)))).rowcount == 1

    async def release(self, name: str) -> None:
        """Give the task up, should we have it."""
        task = t.lone_task
        ours = (task.c.id == name, task.c.claimed_by == self._kit.replica.id)
        async with self._writer.begin() as conn:
            await conn.execute(update(task).where(*ours).values(claimed_by=None))
