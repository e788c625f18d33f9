"""The connection pool of a process.

One engine a process, made inside its event loop. Hot reads borrow a connection for one statement
(`reading`); a use case that writes borrows one for one transaction (`sessions`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.ports.errors import StorageUnavailable
from app.ports.tally import current_tally

DRIVER = "postgresql+psycopg"
SILENT_PEER = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A host that vanished without a word is noticed within about 25 s; by itself the kernel takes a
quarter of an hour or more, and the reader of catalog versions would wait as long."""

PREPARE_AT = 1
"""A statement is planned once a connection, the second time it comes. There are few of them, and
connections are taken up last in, first out, so that the ones in use know them all."""

IDLE_IN_TRANSACTION_MS = 10_000
"""A process that was stopped in the middle of a transaction loses its locks after so long."""


def database_url(url: str | URL) -> URL:
    """The address with our driver: "postgres://", "postgresql://" and "postgresql+psycopg://" all
    do, and so does a Unix socket: "postgresql:///db?host=/path"."""
    if isinstance(url, str) and url.startswith("postgres://"):
        url = "postgresql" + url.removeprefix("postgres")
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"the database must be PostgreSQL, not {parsed.get_backend_name()}")
    return parsed.set(drivername=DRIVER)


def make_engine(
    url: str | URL,
    *,
    application_name: str = "youhui",
    pool_size: int = 10,
    max_overflow: int = 10,
    pool_timeout_s: int = 5,
    statement_timeout_ms: int = 5_000,
) -> AsyncEngine:
    """An engine on psycopg. A statement ends after `statement_timeout_ms` (0: never), waiting for
    a free connection after `pool_timeout_s`; both are `StorageUnavailable` to readers."""
    options = (
        f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}"
    )
    engine = create_async_engine(
        database_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout_s,
        pool_recycle=1_800,
        pool_use_lifo=True,
        connect_args={
            "application_name": application_name,
            "connect_timeout": 5,
            "options": options,
            "prepare_threshold": PREPARE_AT,
            **SILENT_PEER,
        },
    )
    event.listen(engine.sync_engine, "before_cursor_execute", _count)
    return engine


def _count(*_statement: object) -> None:
    tally = current_tally()
    if tally is not None:
        tally.statements += 1


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions of use cases that write; what they loaded stays readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for one statement, its own transaction: no BEGIN and no ROLLBACK round trip.

    Raises `StorageUnavailable` when the database cannot be reached, is too busy or shuts down.
    """
    async with unavailable_on_fault(), engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def unavailable_on_fault() -> AsyncIterator[None]:
    """Turns faults of the connection and the server into the port's `StorageUnavailable`.

    A statement that is wrong in itself stays what it is: a fault of ours, not of the database."""
    try:
        yield
    except (OperationalError, InterfaceError, InternalError) as fault:
        raise StorageUnavailable(str(fault.orig)) from fault
    except (PoolTimeout, OSError) as fault:
        raise StorageUnavailable(str(fault)) from fault
