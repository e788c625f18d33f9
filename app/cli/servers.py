"""`youhui servers`, and the databases that every other command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import click

from app.cache.announcements import RedisAnnouncements
from app.cache.keys import DatabaseKeys
from app.cli.errors import CommandFailed, ExitCode
from app.integrations.local_servers import LocalServers, local_servers, running_servers
from app.integrations.local_servers.children import is_alive
from app.settings import Settings
from app.storage.identity import database_identity


@dataclass(frozen=True, slots=True)
class Databases:
    """`local` tells of the servers of our own, where any are used. `redis_url` None: no Redis."""

    database_url: str
    redis_url: str | None
    local: LocalServers | None = None


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """The databases to work on, for the time of the block.

    Those of YOUHUI_DATABASE_URL and YOUHUI_REDIS_URL; for what is not set, the local ones: those
    of a running demo, or else started here and stopped at the end of the block. With a database
    of one's own, Redis is used only where it is named.
    """
    if settings.database_url is not None:
        yield Databases(settings.database_url, settings.redis_url)
        return
    running = running_servers(settings.data_dir)
    if running is not None:
        yield _chosen(settings, running)
        return
    with local_servers(settings.data_dir) as started:
        yield _chosen(settings, started)


def announcements_at(at: Databases) -> RedisAnnouncements | None:
    """What tells running processes of a new catalog version; None: no Redis, polls find it."""
    if at.redis_url is None:
        return None
    names = DatabaseKeys(partial(database_identity, at.database_url))
    return RedisAnnouncements(at.redis_url, names)


def _chosen(settings: Settings, local: LocalServers) -> Databases:
    return Databases(local.database_url, settings.redis_url or local.redis_url, local)


@click.command()
def servers() -> None:
    """列出本地服务：进程、地址、日志 · pid, address and log of each local server."""
    settings = Settings()
    running = running_servers(settings.data_dir)
    if running is None and settings.database_url is not None:
        raise CommandFailed(
            "使用的是 YOUHUI_DATABASE_URL 指定的数据库，没有本地服务。",
            "The database is the one that YOUHUI_DATABASE_URL names; no servers run here.",
            ExitCode.FAILED,
        )
    if running is None:
        raise CommandFailed(
            f"{settings.data_dir.absolute()} 下没有正在运行的服务。用 make demo 启动。",
            "No local servers are running: `make demo` starts them.",
            ExitCode.FAILED,
        )
    for server in running.servers:
        state = "" if is_alive(server.pid) else "  （已停止 stopped）"
        click.echo(f"{server.name:<14} pid {server.pid:<8} {server.address}{state}")
        click.echo(f"{'':<14} log {server.log}")
