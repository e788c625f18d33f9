"""`youhui serve`: the GraphQL server, in one process or several."""

import logging.config
import multiprocessing
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EACCES, EADDRINUSE
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.cli.errors import CommandFailed, ExitCode, Terminated
from app.cli.logs import logging_as
from app.cli.servers import databases
from app.gateway.request import RequestCaps
from app.gateway.trusted.manifest import ManifestInvalid
from app.integrations.local_servers.children import follow_parent
from app.main import create_app
from app.security.keys import SigningKeyInvalid
from app.settings import EdgeSettings, Settings, WatchingSettings

GRACE_S = 10


@click.command()
@click.option("--host", help="监听地址 · address to listen on [YOUHUI_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="端口 · port [YOUHUI_PORT, 8000]")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="进程数 · processes"
)
def serve(host: str | None, port: int | None, workers: int) -> None:
    """启动 HTTP 服务 · the GraphQL server."""
    settings = Settings()
    settings = settings.model_copy(
        update={"host": host or settings.host, "port": port or settings.port}
    )
    with listening(settings.host, settings.port) as listener, databases(settings) as at:
        found = settings.model_copy(
            update={"database_url": at.database_url, "redis_url": at.redis_url}
        )
        run(found, listener, workers, lambda: click.echo(f"油惠 Youhui  {base_url(found)}/graphql"))


def base_url(settings: Settings) -> str:
    """Where a browser on this machine finds the server, without a slash at its end."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"{'https' if EdgeSettings().tls else 'http'}://{host}:{settings.port}"


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket that will serve. Taken before anything else is started, so that a port in use is
    told at once: `CommandFailed` says how to go on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CommandFailed(
            f"地址 {host} 不存在。请检查 --host 或 YOUHUI_HOST。",
            f"There is no address {host}: check --host or YOUHUI_HOST.",
            ExitCode.USAGE,
        ) from error
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise _port_refused(host, port, error) from error
        yield listener


def _port_refused(host: str, port: int, error: OSError) -> CommandFailed:
    if error.errno == EADDRINUSE:
        return CommandFailed(
            f"端口 {port} 已被占用。换一个端口：youhui serve --port {port + 1}，"
            f"或 YOUHUI_PORT={port + 1} make demo；也可以先停掉占用它的程序。",
            f"Port {port} is taken. Choose another by --port or YOUHUI_PORT, or stop what uses it.",
            ExitCode.PORT_TAKEN,
        )
    if error.errno == EACCES:
        return CommandFailed(
            f"没有权限使用端口 {port}，请换一个 1024 以上的端口。",
            f"Port {port} needs more rights: choose one above 1024.",
            ExitCode.PORT_TAKEN,
        )
    return CommandFailed(
        f"无法在 {host}:{port} 上监听：{error.strerror}。",
        f"Cannot listen on {host}:{port}: {error.strerror}.",
        ExitCode.PORT_TAKEN,
    )


def run(
    settings: Settings,
    listener: socket.socket,
    workers: int,
    on_started: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM, then finish what has begun, for at most `GRACE_S` seconds.

    Blocking; on SIGTERM it ends with `Terminated`, on SIGINT with KeyboardInterrupt.
    `on_started` is called once the (first) process serves. A failed start: `CommandFailed`.
    """
    logging.config.dictConfig(logging_as(WatchingSettings().log_format))
    _check_tls(EdgeSettings())
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if workers == 1:
            _Server(_config(create_app(settings)), on_started).run(sockets=[listener])
        else:
            _run_several(settings, listener, workers, on_started)
    except SigningKeyInvalid as error:
        raise CommandFailed(
            f"签名密钥无法使用：{error}",
            "The signing key cannot be used: YOUHUI_SIGNING_KEY holds a private P-256 key in PEM.",
            ExitCode.USAGE,
        ) from error
    except ManifestInvalid as error:
        raise CommandFailed(
            f"清单无法使用：{error}",
            "A manifest cannot be used: `youhui contract check` tells more; "
            "YOUHUI_DOCUMENTS=open runs any document, for development.",
            ExitCode.USAGE,
        ) from error
    except SystemExit as error:
        raise CommandFailed(
            "服务没有启动成功，原因见上面的日志。数据库结构可用 youhui migrate 升级。",
            "The server did not start: see the log above. `youhui migrate` prepares a database.",
            ExitCode.SERVER_FAILED,
        ) from error


def _check_tls(edge: EdgeSettings) -> None:
    """Before anything is started: several processes would each fail on their own."""
    if edge.tls_cert_file is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            edge.tls_cert_file, edge.tls_key_file
        )
    except (ssl.SSLError, OSError) as error:
        raise CommandFailed(
            f"TLS 证书或私钥无法使用：{error}",
            "YOUHUI_TLS_CERT_FILE holds the chain of certificates and YOUHUI_TLS_KEY_FILE their "
            "private key, without a password, in PEM.",
            ExitCode.USAGE,
        ) from error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


def _config(app: Starlette | str, workers: int = 1) -> uvicorn.Config:
    edge = EdgeSettings()
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        log_config=logging_as(WatchingSettings().log_format),
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the edge has its own rule of whom to believe
        ssl_certfile=edge.tls_cert_file,
        ssl_keyfile=edge.tls_key_file,
        ws="wsproto",
        ws_max_size=RequestCaps().body_bytes,
        timeout_graceful_shutdown=GRACE_S,
    )


def _run_several(
    settings: Settings, listener: socket.socket, workers: int, on_started: Callable[[], None]
) -> None:
    """Each process makes its own application from the environment, which it inherits."""
    os.environ["YOUHUI_DATABASE_URL"] = settings.database_url or ""
    os.environ["YOUHUI_REDIS_URL"] = settings.redis_url or ""
    folder = _empty_folder(settings.data_dir / f"metrics-{settings.port}")
    os.environ["YOUHUI_METRICS_DIR"] = os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    os.environ.setdefault("YOUHUI_LIMITS_PROCESSES", str(workers))
    supervisor = Multiprocess(_config("app.cli.serve:worker_app", workers), sockets=[listener])
    on_started()
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


def _empty_folder(folder: Path) -> Path:
    """Where the processes of this server write their figures; those of an earlier run go."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    return folder


def worker_app() -> Starlette:
    """The application of one of several processes, which the kernel ends with its parent."""
    follow_parent(signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():  # it died before the line above took effect
        os._exit(1)
    return create_app(Settings())


def _terminated(_signal: int, _frame: object) -> None:
    raise Terminated
