"""Running a process that owns local servers, and seeing what is left of it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from app.integrations.local_servers import LocalServers, running_servers
from app.integrations.local_servers.children import is_alive
from app.integrations.local_servers.folders import Folders
from app.settings import without_driver
from tests.architecture.tree import ROOT

KEEPER = (sys.executable, "-m", "app.integrations.local_servers")
UNPRIVILEGED = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
"""Root without root's name: the program believes to be user 1000 and may do what that may."""


def wait_until(condition: Callable[[], object], what: str, patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come about: {what}")
        time.sleep(0.01)


@contextmanager
def keeper(
    folder: Path, *options: str, prefix: Sequence[str] = (), follow: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process that owns servers under `folder`; killed at the end, should it still live."""
    process = subprocess.Popen(
        [*prefix, *KEEPER, str(folder), "--follow", str(follow or os.getpid()), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                running = running_servers(folder)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if running is not None:
                    assert_nothing_left(running)


def when_running(process: subprocess.Popen[str], folder: Path) -> LocalServers:
    """Wait for the servers of `process`; its own words, should it end instead."""

    def settled() -> bool:
        return process.poll() is not None or running_servers(folder) is not None

    wait_until(settled, "servers running")
    running = running_servers(folder)
    if running is None:
        raise AssertionError(process.communicate()[1])
    return running


def assert_answers(running: LocalServers) -> None:
    with psycopg.connect(without_driver(running.database_url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(running.redis_url) as client:
        assert client.ping()


def assert_nothing_left(running: LocalServers) -> None:
    """Every server ends, and nobody owns the folder any more."""
    for server in running.servers:
        wait_until(lambda pid=server.pid: not is_alive(pid), f"{server.name} ended")
    wait_until(lambda: running_servers(running.folder) is None, "the folder is free")


def remove_socket_folders(folder: Path) -> None:
    """What killed owners of `folder` left, under whichever user's name: empty, but in the way of
    a tidy temporary directory."""
    sockets = Folders.of(folder).sockets
    digest = sockets.name.rpartition("-")[2]
    for left in sockets.parent.glob(f"youhui-*-{digest}"):
        shutil.rmtree(left)
