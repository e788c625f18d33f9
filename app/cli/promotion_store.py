"""The promotion store of the settings' databases, and what commands on it have in common."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import announcements_at, databases
from app.domain.promotions.lifecycle import Act, LifecycleRefusal
from app.domain.promotions.review import KnownPlaces
from app.ports.errors import StorageUnavailable
from app.resolvers.staff_permits import PERMISSION_OF, StaffRefused, authorised
from app.settings import Settings
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.engine import make_engine
from app.storage.promotions import PostgresPromotionStore
from app.storage.staff import PostgresStaffRepository

T = TypeVar("T")

EXIT_CODES = """\b
退出码 exit codes:
  0  完成                        done
  1  文件有误或不允许，没有写入    a file is wrong, or it is not allowed: nothing was written
  2  用法有误                    wrong usage
  6  连不上数据库                 the database cannot be reached
"""


def _user_name() -> str:
    """Some containers run under a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


BY = click.option(
    "--as",
    "--by",
    "by",
    metavar="NAME",
    default=_user_name,
    show_default="你的用户名 your user name",
    help="你是谁，留作记录 · who you are, for the record",
)
NOTE = click.option("--note", metavar="TEXT", help="附言，记入历史 · a note for the history")


def with_store(
    use: Callable[[PostgresPromotionStore], Awaitable[T]], by: str = "", act: Act | None = None
) -> T:
    """Runs a use case on the databases of the settings; its faults as messages and exit codes.
    `act`: what `by` wants to do, and must be permitted to where staff were appointed; None: only
    reading."""
    return _on_databases(lambda store, _: use(store), by, act)


def with_store_and_places(
    use: Callable[[PostgresPromotionStore, KnownPlaces], Awaitable[T]],
    by: str = "",
    act: Act | None = None,
) -> T:
    """As `with_store`; the use case is also told what stations there are."""

    async def informed(store: PostgresPromotionStore, url: str) -> T:
        source = PostgresCatalogSource(url)
        try:
            catalog = await source.load()
        finally:
            await source.close()
        known = KnownPlaces.of(
            catalog.stations,
            brands=catalog.brands,
            amenities=catalog.amenities,
            regions=catalog.regions,
        )
        return await use(store, known)

    return _on_databases(informed, by, act)


def _on_databases(
    use: Callable[[PostgresPromotionStore, str], Awaitable[T]], by: str, act: Act | None
) -> T:
    with databases(Settings()) as at:
        announcements = announcements_at(at)

        async def used() -> T:
            engine = make_engine(at.database_url, pool_size=1, statement_timeout_ms=60_000)
            try:
                if act is not None:
                    await authorised(PostgresStaffRepository(engine), by, PERMISSION_OF[act])
                return await use(PostgresPromotionStore(engine, announcements), at.database_url)
            finally:
                await engine.dispose()

        try:
            return asyncio.run(used())
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault
        except (LifecycleRefusal, StaffRefused) as refusal:
            raise CommandFailed(
                f"{refusal.zh}。什么都没有改。", f"{refusal.args[0]}. Nothing was changed."
            ) from refusal


def named(names: Sequence[str]) -> list[tuple[str, int | None]]:
    """CODE or CODE@VERSION as (code, version). Wrong usage: no number, or a code twice."""
    found: list[tuple[str, int | None]] = []
    for name in names:
        code, at, version = name.rpartition("@") if "@" in name else (name, "", "")
        if at and not (version.isascii() and version.isdigit() and int(version) > 0):
            raise click.BadParameter(f"{name}：版本应为数字 · the version must be a number: CODE@2")
        if any(code == other for other, _ in found):
            raise click.BadParameter(f"{code} 写了两次 · {code} is named twice")
        found.append((code, int(version) if at else None))
    return found
