"""The catalog that a process serves: loaded once, then replaced as a whole by each newer version.

A reader takes `current()` once a request and keeps it: swapping the reference changes nothing for
requests that have begun. All reading and building is done in one thread of its own, on a
connection of its own, so the event loop and the requests' connections never wait for it. That
thread lets the others run often, and keeps the garbage collector from walking a whole catalog
while requests wait; what it replaces it takes apart itself.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from typing import TypeVar

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from app.domain.checkout.catalog import Catalog
from app.ports.announcements import CatalogAnnouncements
from app.ports.errors import StorageUnavailable
from app.storage.catalog_rows import CatalogReading, newest_version, read_catalog
from app.storage.engine import SILENT_PEER, database_url

LOG = logging.getLogger("youhui.catalog")
CANCEL_AGAIN_S = 1.0
TURN_S = 0.0005
"""How long the reading thread keeps the interpreter while others want it."""
NEVER = 2**31 - 1
"""A collector's threshold that is not reached."""
T = TypeVar("T")


class CatalogNotLoaded(RuntimeError):
    """`current` was asked before `load` had finished."""


class PostgresCatalogSource:
    """Implements `app.ports.catalogs.CatalogSource`.

    `announcements` None: versions are found by polling alone, every `poll_s` seconds.
    """

    def __init__(
        self,
        url: str | URL,
        *,
        announcements: CatalogAnnouncements | None = None,
        poll_s: float = 0.5,
    ) -> None:
        self._announcements = announcements
        self._poll_s = poll_s
        self._reading: CatalogReading | None = None
        self._replaced: list[CatalogReading] = []
        self._refused_version: int | None = None
        self._down = False
        self._one_refresh = asyncio.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="youhui-catalog")
        self._engine = create_engine(
            database_url(url),
            pool_size=1,
            max_overflow=0,
            connect_args={
                "application_name": "youhui-catalog",
                "connect_timeout": 5,
                "options": "-c statement_timeout=30000 -c timezone=UTC",
                **SILENT_PEER,
            },
        )

    def current(self) -> Catalog:
        """The newest version loaded: at once. Raises `CatalogNotLoaded` before the first."""
        if self._reading is None:
            raise CatalogNotLoaded("the catalog has not been loaded yet")
        return self._reading.catalog

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Codes of live promotions that the catalog serves in an older version, or not at all,
        because this program cannot read them."""
        return () if self._reading is None else tuple(self._reading.unreadable)

    async def load(self) -> Catalog:
        """Reads the newest version, whatever it is, and serves it. Raises `StorageUnavailable`.

        Live documents that cannot be read are left out and logged by code: the rest is served.
        """
        async with self._one_refresh:
            reading = await self._in_thread(self._read)
            self._report(reading)
            self._reading = reading
        return reading.catalog

    async def refresh(self) -> bool:
        """Looks for a newer version and serves it; True when it did. Never raises but when
        cancelled: with the database down, or a row that cannot be read in the newer version, the
        last good version stays and the fault is logged. A live document that cannot be read leaves
        its promotion as it was."""
        async with self._one_refresh:
            try:
                return await self._replace_if_newer()
            except StorageUnavailable as fault:
                if not self._down:
                    LOG.warning(
                        "数据库不可用，沿用旧目录 / database down, catalog stays: %s", fault
                    )
                self._down = True
            except Exception:
                LOG.exception("目录无法读取，沿用旧版本 / catalog unreadable, the last one stays")
        return False

    async def follow(self) -> None:
        """Refreshes at each announcement and every `poll_s` seconds, until cancelled."""
        news = asyncio.Event()
        listening: asyncio.Task[None] | None = None
        if self._announcements is not None:
            heard = self._listen(self._announcements, news)
            listening = asyncio.create_task(heard, name="youhui-announcements")
        try:
            while True:
                await self.refresh()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await news.wait()
                news.clear()
        finally:
            if listening is not None:
                await _end(listening)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["PostgresCatalogSource"]:
        """Loads, follows while the block runs, then closes. Raises `StorageUnavailable`."""
        try:
            await self.load()
            following = asyncio.create_task(self.follow(), name="youhui-catalog")
            try:
                yield self
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
        finally:
            await self.close()

    async def close(self) -> None:
        """Waits for a read under way, then lets the connection go."""
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)
        self._engine.dispose()

    async def _listen(self, announcements: CatalogAnnouncements, news: asyncio.Event) -> None:
        async with aclosing(announcements.versions()) as versions:
            async for _ in versions:
                news.set()

    async def _replace_if_newer(self) -> bool:
        served = None if self._reading is None else self._reading.catalog.version
        newest = await self._in_thread(self._newest_version)
        if self._replaced:
            await self._in_thread(self._let_go)
        if self._down:
            LOG.info("数据库已恢复 / database is back")
            self._down = False
        if newest in (served, self._refused_version):
            return False
        reading = await self._read_once(newest)
        if self._reading is not None:
            self._replaced.append(self._reading)
        self._reading, self._refused_version = reading, None
        return True

    async def _read_once(self, newest: int) -> CatalogReading:
        """The newest version. One that cannot be read is not tried again, or each poll would read
        everything."""
        try:
            reading = await self._in_thread(self._read)
        except StorageUnavailable:
            raise
        except Exception:
            self._refused_version = newest
            raise
        self._report(reading)
        return reading

    def _report(self, reading: CatalogReading) -> None:
        version = reading.catalog.version
        for code, fault in reading.unreadable.items():
            LOG.error(
                "优惠 %s 无法读取 / promotion unreadable in version %d: %s", code, version, fault
            )
        LOG.info(
            "目录版本 %d：%d 个加油站，%d 个优惠 / catalog read",
            version,
            len(reading.catalog.stations.by_id),
            len(reading.promotions),
        )

    async def _in_thread(self, step: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, step)
        except (OperationalError, InterfaceError, InternalError, OSError) as fault:
            raise StorageUnavailable(str(fault)) from fault

    def _let_go(self) -> None:
        """Of what was replaced before the last poll: the requests that had it are over, so this
        is its end, and thousands of values are not freed amid somebody's request."""
        with _in_turns():
            while self._replaced:
                old = self._replaced.pop()
                promotions = list(old.promotions.values())
                del old
                while promotions:
                    promotions.pop()

    def _newest_version(self) -> int:
        with self._engine.connect() as connection:
            return newest_version(connection.execution_options(isolation_level="AUTOCOMMIT"))

    def _read(self) -> CatalogReading:
        with _in_turns(), _kept_out_of_collections(), self._engine.connect() as connection:
            steady = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            return read_catalog(steady, self._reading)


@contextmanager
def _in_turns() -> Iterator[None]:
    """This thread keeps the interpreter for short times only."""
    turn_s = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(turn_s)


@contextmanager
def _kept_out_of_collections() -> Iterator[None]:
    """What the block makes is kept out of collections for good, since a catalog has no cycles.

    Meanwhile none of all that lives starts, which would walk the old catalog and half of the new
    one; the small ones go on, or what requests leave would be kept for good with the catalog.
    """
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    try:
        yield
    finally:
        if gc.isenabled():
            gc.collect(1)
            gc.freeze()
        gc.set_threshold(young, middle, old)


async def _end(task: asyncio.Task[None]) -> None:
    """Cancels until it has ended: `asyncio.wait_for` of Python 3.11, which redis-py connects by,
    loses a cancellation that comes as its wait ends, and a process that waited for the listener
    would never stop."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_S)
    if not task.cancelled() and (fault := task.exception()) is not None:
        LOG.error("后台任务出错 / %s failed: %s", task.get_name(), type(fault).__name__)
