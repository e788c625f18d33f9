"""`youhui worker`: runs jobs, in one process or several."""

import asyncio
import logging
import logging.config
import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import click

from app.cli.logs import logging_as
from app.cli.servers import databases
from app.domain.audit.record import Actor
from app.integrations.local_servers import running_servers
from app.integrations.local_servers.children import follow_parent
from app.outside import Outside
from app.resolvers.desk import Desk
from app.settings import Settings, WatchingSettings, WeChatPaySettings, without_driver
from app.storage.job_board import JobBoard
from app.storage.reconciliation import PostgresReconciliationRepository
from app.worker.reconciliation import reconciliation_task
from app.worker.running import WorkerOptions, work
from app.worker.tasks import TASKS

LOG = logging.getLogger("youhui.worker")
RESTART_AFTER_S = 1.0
FOLLOWS = "YOUHUI_FOLLOW_PARENT"


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="进程数 · processes",
)
def worker(processes: int) -> None:
    """运行后台任务 · runs jobs: what is due later, and what was left undone.

    SIGTERM 或 Ctrl-C：做完手上的任务再退出；数据库重启后自动重连。
    Ends tidily on SIGTERM or Ctrl-C; reconnects by itself when PostgreSQL comes back.
    """
    logging.config.dictConfig(logging_as(WatchingSettings().log_format))
    settings = Settings()
    if os.environ.get(FOLLOWS):
        follow_parent(signal.SIGTERM)
    settings = beside_its_server(settings)
    with databases(settings) as at:
        found = settings.model_copy(
            update={"database_url": at.database_url, "redis_url": at.redis_url}
        )
        if processes == 1:
            _run_one(found)
        else:
            _run_several(found, processes)


def beside_its_server(settings: Settings) -> Settings:
    """In demo mode the pay simulator is told where notices of refunds go: to the port of the
    settings, else of the server that runs over the same data folder. A merchant's account names
    the address itself."""
    if not settings.demo or "port" in settings.model_fields_set or WeChatPaySettings().notify_url:
        return settings
    running = running_servers(settings.data_dir)
    servers = running.servers if running is not None else ()
    port = next((urlsplit(each.address).port for each in servers if each.name == "youhui"), None)
    if port is not None:
        return settings.model_copy(update={"port": port})
    LOG.warning(
        "不知道服务的端口，支付通知将发往 %d；服务用别的端口时，请设置 YOUHUI_PORT。"
        "The server's port is not known: notices go to %d; if it is another, set YOUHUI_PORT.",
        settings.port,
        settings.port,
    )
    return settings


def _run_one(settings: Settings) -> None:
    if sys.platform == "win32":
        asyncio.run(_run(settings))
    else:
        import uvloop  # noqa: PLC0415 - there is none for Windows

        uvloop.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    outside = Outside.of(settings, application_name="youhui-worker")

    def open_desk(actor: Actor) -> Desk:
        return outside.desk_of(actor)

    async with outside.running():
        LOG.info("后台任务进程就绪 worker ready, pid %d", os.getpid())
        await work(_options(settings, outside), open_desk, JobBoard(outside.engine), stop)
    LOG.info("后台任务进程已停止 worker stopped, pid %d", os.getpid())


def _options(settings: Settings, outside: Outside) -> WorkerOptions:
    reconciliation = reconciliation_task(PostgresReconciliationRepository(outside.engine))
    return WorkerOptions(
        conninfo=without_driver(settings.database_url or ""),
        concurrency=settings.job_concurrency,
        sweep_every_s=settings.sweep_every_s,
        tasks=(*TASKS, reconciliation),
    )


def _run_several(settings: Settings, processes: int) -> None:
    """Each is a `youhui worker` of its own, started anew should it die."""
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            child.terminate()

    children = [_start(settings) for _ in range(processes)]
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while children:
        for place, child in enumerate(children):
            try:
                child.wait(RESTART_AFTER_S / len(children))
            except subprocess.TimeoutExpired:
                if stopping:
                    child.terminate()
                continue
            if stopping:
                children.remove(child)
                break
            LOG.warning("worker %d ended with %d, starting another", child.pid, child.returncode)
            children[place] = _start(settings)


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "YOUHUI_DATABASE_URL": settings.database_url or "",
        "YOUHUI_REDIS_URL": settings.redis_url or "",
        "YOUHUI_PORT": str(settings.port),
        FOLLOWS: "1",
    }
    return subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment)
