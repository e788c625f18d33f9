"""Start PostgreSQL and Valkey under one folder, for as long as this process lives."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.integrations.local_servers import children, valkey
from app.integrations.local_servers.folders import Folders, is_locked, locked
from app.integrations.local_servers.postgres import FAST_SHUTDOWN, Cluster


@dataclass(frozen=True, slots=True)
class RunningServer:
    """`address` is what a client is told, `log` the path of the file that it writes."""

    name: str
    pid: int
    address: str
    log: str


@dataclass(frozen=True, slots=True)
class LocalServers:
    """What runs under `folder`, and how to reach it."""

    folder: Path
    database_url: str
    redis_url: str
    servers: tuple[RunningServer, ...] = field(default=())


@contextmanager
def local_servers(
    folder: Path, *, durable: bool = True, postgres_binaries: Path | None = None
) -> Iterator[LocalServers]:
    """Run both servers while the block lasts; both are stopped when it ends, however it ends.

    Data stays in `folder`. Call it from the main thread. Raises `AlreadyRunning` when another
    process owns the folder, `ServerFailed` when a server does not start.
    """
    folders = Folders.of(folder)
    with locked(folders), _sockets(folders), _valkey(folders) as valkey_child:
        cluster = Cluster.at(folders, postgres_binaries, durable)
        with _postgres(cluster) as postgres_child:
            running = _describe(folders, cluster, postgres_child, valkey_child)
            _write(folders, running)
            try:
                yield running
            finally:
                folders.state.unlink(missing_ok=True)


@contextmanager
def _sockets(folders: Folders) -> Iterator[None]:
    folders.state.unlink(missing_ok=True)
    folders.make_socket_folder()
    try:
        yield
    finally:
        folders.remove_socket_folder()


@contextmanager
def _valkey(folders: Folders) -> Iterator[subprocess.Popen[bytes]]:
    command = valkey.command(folders)
    socket = valkey.socket_path(folders)
    child = children.start(command)
    try:
        children.await_ready(child, command, lambda: valkey.answers(socket))
        yield child
    finally:
        children.stop(child, command.stop_signal, patience_s=5)


@contextmanager
def _postgres(cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    child = cluster.start()
    try:
        yield child
    finally:
        children.stop(child, FAST_SHUTDOWN, patience_s=20)


def running_servers(folder: Path) -> LocalServers | None:
    """What a live process runs under `folder`; None when nobody does. Servers that died while
    their owner lives are still listed: ask `children.is_alive` about each pid."""
    if not folder.exists():
        return None
    folders = Folders.of(folder)
    if not is_locked(folders) or not folders.state.exists():
        return None
    state = json.loads(folders.state.read_text())
    if not children.is_alive(state["owner"]):
        return None  # left by an owner that was killed; the next one is only just starting
    return LocalServers(
        folders.home,
        state["database_url"],
        state["redis_url"],
        tuple(RunningServer(**server) for server in state["servers"]),
    )


def add_server(folder: Path, server: RunningServer) -> None:
    """Record one more server of the process that owns `folder`, such as the application itself."""
    running = running_servers(folder)
    if running is not None:
        added = (*running.servers, server)
        folders = Folders.of(folder)
        _write(folders, LocalServers(folder, running.database_url, running.redis_url, added))


def _describe(
    folders: Folders,
    cluster: Cluster,
    postgres_child: subprocess.Popen[bytes],
    valkey_child: subprocess.Popen[bytes],
) -> LocalServers:
    redis_url = f"unix://{valkey.socket_path(folders)}"
    database_url = cluster.url()
    return LocalServers(
        folders.home,
        database_url,
        redis_url,
        (
            RunningServer("postgres", postgres_child.pid, database_url, str(cluster.log)),
            RunningServer("valkey", valkey_child.pid, redis_url, str(folders.log("valkey"))),
        ),
    )


def _write(folders: Folders, running: LocalServers) -> None:
    """Replace the state file in one step: a reader never sees half of it."""
    state = asdict(running) | {"folder": str(running.folder), "owner": os.getpid()}
    descriptor, name = tempfile.mkstemp(dir=folders.home, prefix="servers.")
    with os.fdopen(descriptor, "w") as file:
        json.dump(state, file, ensure_ascii=False, indent=2)
    Path(name).replace(folders.state)
