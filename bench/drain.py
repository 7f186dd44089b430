"""Reminders due at one instant: how fast they are claimed, decided, put into the outbox and marked.

Ours is the whole path: the complaint and its deadlines are locked and read, the ladder decides who
is told, and the deadline, the reminder, the history with its chain, the sealed ping and the redraw
of the card are written. A peer's task does nothing but be run and marked as done. Each peer works
as its own documentation starts it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, make_url, text

from bench.crowd import WAITS, Office, crowd, office, sqlite_file
from bench.result import Result
from storage.engines import reader_engine

done_by_peer: list[float] = []


def task() -> None:
    """What a peer has to do for each: remember that it was done."""
    done_by_peer.append(time.perf_counter())


async def our_drain(office_: Office) -> float:
    """Seconds until nothing is due any more."""
    office_.clock.at += WAITS
    begun = time.perf_counter()
    while await office_.desk.run_due():
        pass
    return time.perf_counter() - begun


async def ours_on_sqlite(reminders: int) -> float:
    """Reminders a second."""
    with sqlite_file() as url:
        async with office(url) as office_:
            await crowd(office_, reminders)
            seconds = await our_drain(office_)
            await _check(office_.url, reminders)
            return reminders / seconds


async def ours_on_postgres(url: str, reminders: int, workers: int) -> float:
    """Reminders a second with that many processes at once."""
    async with office(url) as office_:
        await crowd(office_, reminders)
        keys, now = office_.keys, office_.clock.at + WAITS
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(workers + 1), context.Event()
    times = context.Queue()
    crew = [
        context.Process(target=_worker, args=(url, keys, now, ready, go, times))
        for _ in range(workers)
    ]
    for process in crew:
        process.start()
    await asyncio.to_thread(ready.wait)
    begun = time.time()
    go.set()
    ended: list[float] = [await asyncio.to_thread(times.get) for _ in crew]
    for process in crew:
        await asyncio.to_thread(process.join)
    await _check(url, reminders)
    return reminders / (max(ended) - begun)


def _worker(url: str, keys: str, now: datetime, ready: Any, go: Any, times: Any) -> None:
    async def work() -> None:
        async with office(url, keys) as office_:
            office_.clock.at = now
            ready.wait()
            go.wait()
            while await office_.desk.run_due():
                pass
            times.put(time.time())

    asyncio.run(work())


async def _check(url: str, reminders: int) -> None:
    """Each was put into the outbox exactly once."""
    engine = reader_engine(make_url(url))
    async with engine.connect() as conn:
        pings = await conn.scalar(text("SELECT count(*) FROM outbox WHERE purpose = 'ping'"))
        queued = await conn.scalar(text("SELECT count(*) FROM reminder WHERE state = 'queued'"))
    await engine.dispose()
    if (pings, queued) != (reminders, reminders):
        raise RuntimeError(f"{reminders} were due, {pings} pings, {queued} reminders were written")


def raw_sqlite(reminders: int) -> float:
    """The same rows moved in one table by the driver alone, in batches of a hundred."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "raw.sqlite3"
        with closing(sqlite3.connect(file, isolation_level=None)) as conn:
            conn.execute("PRAGMA journal_mode=WAL")
            conn.execute("PRAGMA synchronous=FULL")
            conn.execute("CREATE TABLE due (id INTEGER PRIMARY KEY, at TEXT, state TEXT)")
            conn.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, due_id INTEGER, body TEXT)")
            conn.execute("CREATE INDEX due_at ON due (at) WHERE state = 'waiting'")
            now = datetime.now(UTC).isoformat()
            rows = [(number, now, "waiting") for number in range(reminders)]
            conn.execute("BEGIN")
            conn.executemany("INSERT INTO due VALUES (?, ?, ?)", rows)
            conn.execute("COMMIT")
            begun = time.perf_counter()
            while True:
                conn.execute("BEGIN IMMEDIATE")
                found = conn.execute(
                    "SELECT id FROM due WHERE state = 'waiting' AND at <= ? ORDER BY at LIMIT 100",
                    (now,),
                ).fetchall()
                conn.executemany("INSERT INTO outbox (due_id, body) VALUES (?, 'ping')", found)
                conn.executemany("UPDATE due SET state = 'queued' WHERE id = ?", found)
                conn.execute("COMMIT")
                if not found:
                    return reminders / (time.perf_counter() - begun)


@contextmanager
def peer_scheduler(folder: Path, *, wal: bool) -> Iterator[Any]:
    """APScheduler 3 with its SQLAlchemyJobStore on SQLite, paused; no job is ever too late."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    engine = create_engine(f"sqlite:///{folder / 'apscheduler.sqlite3'}")
    if wal:

        @event.listens_for(engine, "connect")
        def _wal(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")

    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        executors={"default": ThreadPoolExecutor(10)},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    try:
        yield scheduler
    finally:
        scheduler.shutdown()
        engine.dispose()


def jobs_of(scheduler: Any, at: Sequence[datetime]) -> None:
    """Put a job for each instant into its store, in one transaction: that is not measured."""
    from apscheduler.job import Job
    from apscheduler.triggers.date import DateTrigger

    rows = []
    for number, instant in enumerate(at):
        job = Job(
            scheduler,
            id=str(number),
            func=task,
            trigger=DateTrigger(instant),
            args=(),
            kwargs={},
            executor="default",
            name="task",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=instant,
        )
        state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
        rows.append({"id": job.id, "next_run_time": instant.timestamp(), "job_state": state})
    store = scheduler._jobstores["default"]
    with store.engine.begin() as conn:
        conn.execute(store.jobs_t.insert(), rows)


def apscheduler(reminders: int, *, wal: bool) -> float:
    """Tasks a second."""
    with tempfile.TemporaryDirectory() as folder, peer_scheduler(Path(folder), wal=wal) as peer:
        done_by_peer.clear()
        jobs_of(peer, [datetime.now(UTC) - timedelta(seconds=1)] * reminders)
        begun = time.perf_counter()
        peer.resume()
        # It forgets a job when it has given it to a thread; both have to be over.
        while len(done_by_peer) < reminders or peer.get_jobs():
            time.sleep(0.05)
        return reminders / (time.perf_counter() - begun)


async def procrastinate(url: str, reminders: int) -> float:
    """Tasks a second with one worker, at its default concurrency."""
    import procrastinate as library

    app = library.App(connector=library.PsycopgConnector(conninfo=_plain(url)))

    @app.task(name="remind")
    async def remind() -> None:
        task()

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await remind.batch_defer_async(*({} for _ in range(reminders)))
        done_by_peer.clear()
        begun = time.perf_counter()
        await app.run_worker_async(wait=False, install_signal_handlers=False)
        return _all_done(reminders, begun)


async def pgqueuer(url: str, reminders: int) -> float:
    """Tasks a second with one worker taking a hundred at a time."""
    import asyncpg
    from pgqueuer import PgQueuer
    from pgqueuer.db import AsyncpgDriver
    from pgqueuer.queries import Queries
    from pgqueuer.types import QueueExecutionMode

    conn = await asyncpg.connect(_plain(url))
    driver = AsyncpgDriver(conn)
    queries = Queries(driver)
    await queries.install()
    await queries.enqueue(["remind"] * reminders, [None] * reminders, [0] * reminders)
    worker = PgQueuer(driver)

    @worker.entrypoint("remind")
    async def remind(job: object) -> None:
        task()

    done_by_peer.clear()
    begun = time.perf_counter()
    await worker.qm.run(batch_size=100, mode=QueueExecutionMode.drain)
    ratio = _all_done(reminders, begun)
    await conn.close()
    return ratio


def _all_done(reminders: int, begun: float) -> float:
    seconds = time.perf_counter() - begun
    if len(done_by_peer) != reminders:
        raise RuntimeError(f"the peer did {len(done_by_peer)} of {reminders} tasks")
    return reminders / seconds


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def there(*peers: str) -> bool:
    """Whether these libraries are installed; `make bench` installs them."""
    return all(find_spec(peer) for peer in peers)


async def on_sqlite(reminders: int) -> list[Result]:
    """Ours against APScheduler and against the bare driver."""
    ours = await ours_on_sqlite(reminders)
    references: list[tuple[str, str, Callable[[], float]]] = [
        ("raw sqlite3", ">= 0.2", lambda: raw_sqlite(reminders)),
    ]
    if there("apscheduler"):
        references += [
            ("APScheduler as shipped", ">= 10", lambda: apscheduler(reminders, wal=False)),
            ("APScheduler on WAL", ">= 2.5", lambda: apscheduler(reminders, wal=True)),
        ]
    results = []
    for name, bar, measure in references:
        theirs = await asyncio.to_thread(measure)
        figures = {"ours_per_s": ours, "theirs_per_s": theirs}
        results.append(Result(f"drain on SQLite against {name}", ours / theirs, bar, figures))
    return results


async def on_postgres(fresh: Callable[[], str], reminders: int) -> list[Result]:
    """Ours against pgqueuer and procrastinate, and several of our processes against one."""
    one = await ours_on_postgres(fresh(), reminders, 1)
    results = []
    for name, bar, peer, times in (
        ("pgqueuer", ">= 1.2", pgqueuer, 1),
        # It is so much slower that a tenth of the work tells.
        ("procrastinate", ">= 15", procrastinate, 10),
    ):
        if not there(name):
            continue
        theirs = await peer(fresh(), reminders // times)
        figures = {"ours_per_s": one, "theirs_per_s": theirs}
        results.append(Result(f"drain on PostgreSQL against {name}", one / theirs, bar, figures))
    for workers, workers_bar in ((2, ">= 1.5"), (4, None)):
        many = await ours_on_postgres(fresh(), reminders, workers)
        figures = {"one_per_s": one, "many_per_s": many}
        what = f"drain on PostgreSQL, {workers} processes against one"
        results.append(Result(what, many / one, workers_bar, figures))
    return results
