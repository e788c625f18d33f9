"""`youhui demo`: servers, structure, data and the platform itself, by one command."""

import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.demo_children import beside, demo_settings, login_simulator_url, simulator_url
from app.cli.errors import CommandFailed, ExitCode, Terminated
from app.cli.seed import seed_database, tell
from app.cli.serve import base_url, listening, run
from app.cli.servers import Databases, databases
from app.gateway.demo.curls import demo_curls
from app.gateway.demo.graphiql import BUILT
from app.gateway.demo.personas import load_personas
from app.integrations.local_servers import RunningServer, add_server, running_servers
from app.integrations.local_servers.children import follow_parent
from app.resolvers.seed import SeedRefusal, SeedRefused
from app.settings import Settings
from app.storage.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
LOG_NAME = "youhui.log"


@click.command()
def demo() -> None:
    """一条命令启动演示 · databases, demo data and the GraphQL server, all in one.

    数据保存在 .youhui/，再次启动只需几秒；Ctrl-C 停止。
    """
    _end_tidily()
    settings = demo_settings()
    _refuse_second_start(settings)
    with listening(settings.host, settings.port) as listener:
        click.echo(f"→ {_where(settings)}")
        with databases(settings) as at:
            found = settings.model_copy(
                update={"database_url": at.database_url, "redis_url": at.redis_url}
            )
            click.echo("→ 检查数据库结构 migrations")
            upgrade(at.database_url)
            _seed(at)
            click.echo("→ 启动后台任务与模拟器 worker and simulators")
            with beside(found, at) as more:
                _enlist(found, at, more)
                run(found, listener, 1, lambda: _welcome(found))


def _where(settings: Settings) -> str:
    if settings.database_url is not None:
        return "使用 YOUHUI_DATABASE_URL 指定的数据库 the database that YOUHUI_DATABASE_URL names"
    return "启动数据库 starting PostgreSQL and Valkey"


def _end_tidily() -> None:
    """Set what ends the demo, for a start in the background inherits SIGINT ignored.

    Under `make`, the kernel also tells us should make be killed.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    if os.environ.get("YOUHUI_FOLLOW_PARENT"):
        follow_parent(signal.SIGTERM)


def _terminated(_signal: int, _frame: object) -> None:
    raise Terminated


def _refuse_second_start(settings: Settings) -> None:
    """Before the port is tried: the reader should learn of the demo, not of a taken port."""
    running = running_servers(settings.data_dir)
    if running is None or settings.database_url is not None:
        return
    addresses = [server.address for server in running.servers if server.name == "youhui"]
    where = f"：{addresses[0]}" if addresses else ""
    raise CommandFailed(
        f"演示已经在运行{where}。直接使用它，或先用 Ctrl-C 停止；"
        "要再开一个，请设置 YOUHUI_DATA_DIR 和 YOUHUI_PORT。",
        "The demo is already running: use it, or stop it first (Ctrl-C). For another one beside "
        "it, set YOUHUI_DATA_DIR and YOUHUI_PORT. `youhui servers` tells more.",
        ExitCode.ALREADY_RUNNING,
    )


def _seed(at: Databases) -> None:
    """Fill an empty database. Demo data that stand are kept, even of an older recipe; beside
    real members there is no demo, for it lets anybody be anyone: `CommandFailed`."""
    click.echo("→ 检查演示数据 demo data")
    try:
        tell(seed_database(at))
    except CommandFailed as failed:
        refused = failed.__cause__
        if not isinstance(refused, SeedRefused) or refused.refusal is not SeedRefusal.OTHER_SEED:
            raise
        click.echo(
            "  已有另一版演示数据，保持不变；youhui seed --force 可更新。\n"
            "  Demo data of another version stand and are kept; `youhui seed --force` renews them."
        )


def _enlist(settings: Settings, at: Databases, more: Sequence[RunningServer]) -> None:
    """List the application, and what runs beside it, among the servers that `youhui servers`
    tells of."""
    if at.local is not None:
        application = RunningServer("youhui", os.getpid(), base_url(settings), str(_log(settings)))
        for server in (application, *more):
            add_server(at.local.folder, server)


def _log(settings: Settings) -> Path:
    return settings.data_dir.absolute() / LOG_NAME


def _welcome(settings: Settings) -> None:
    """Once it serves: log to a file too, and say where everything is."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = logging.FileHandler(_log(settings), encoding="utf-8")
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in ("youhui", "uvicorn"):
        logging.getLogger(name).addHandler(kept)
    click.echo(_greeting(settings))


def _greeting(settings: Settings) -> str:
    address = base_url(settings)
    lines = [
        "",
        click.style("✓ 油惠演示已就绪 the Youhui demo is ready", fg="green", bold=True),
        f"  GraphQL    {address}/graphql",
        f"  GraphiQL   {_graphiql(address)}",
        f"  支付 pay   {simulator_url(settings)}   （模拟微信支付 WeChat Pay, simulated）",
        f"  登录 login {login_simulator_url(settings)}   （模拟短信与微信登录 SMS and WeChat login, simulated）",
        f"  日志 log   {_log(settings)}   （进程与地址 pids and addresses: .venv/bin/youhui servers）",
        "",
        "演示身份 demo personas:",
        *(
            f"  {persona.name:<20} {persona.title.zh} {persona.title.en or ''}"
            for persona in load_personas(ROOT / "seed" / "personas.yaml")
        ),
    ]
    for curl in demo_curls(address):
        lines += ["", click.style(f"# {curl.title}", fg="cyan"), curl.command]
    lines += ["", "Ctrl-C 停止，数据会保留。 Ctrl-C stops it; the data are kept."]
    return "\n".join(lines)


def _graphiql(address: str) -> str:
    if BUILT.is_dir():
        return f"{address}/graphiql"
    return "未构建：安装 Node.js（npm）后重新 make demo · not built: install npm, then make demo"
