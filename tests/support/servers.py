"""One set of servers for a whole test run, started when the first test asks for it.

With several workers, the first one to need the servers starts them; they follow the controlling
process and end with it, even when that is killed.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.integrations.local_servers import running_servers

FOLDER = "YOUHUI_TEST_FOLDER"
CONTROLLER = "YOUHUI_TEST_CONTROLLER"

keepers: list[subprocess.Popen[bytes]] = []
"""The process that holds the servers, if it was this worker that started it."""


@dataclass(frozen=True, slots=True)
class RunServers:
    """`own_redis` False: it is the developer's, named by YOUHUI_REDIS_URL."""

    database_url: str
    redis_url: str
    own_redis: bool


def open_run() -> None:
    """In the controlling process: name the folder that all workers share.

    Workers must agree on the names of parametrised cases, sets among them.
    """
    os.environ.setdefault("PYTHONHASHSEED", "0")
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="youhui-tests-")
    os.environ[CONTROLLER] = str(os.getpid())


def close_run() -> None:
    """In the controlling process: stop what was started and remove the folder."""
    folder = Path(os.environ.pop(FOLDER))
    running = running_servers(folder)
    if running is not None:
        os.kill(int((folder / "lock").read_text()), signal.SIGTERM)
        _await(lambda: not folder.exists(), "the test servers did not stop")
    shutil.rmtree(folder, ignore_errors=True)


def run_name() -> str:
    """Unique to this run, the same in all its workers; fit for a database name."""
    return Path(os.environ[FOLDER]).name.removeprefix("youhui-tests-").lower()


def run_servers() -> RunServers:
    """The run's servers; started now if nobody needed them before."""
    database_url = os.environ.get("YOUHUI_DATABASE_URL")
    redis_url = os.environ.get("YOUHUI_REDIS_URL")
    if database_url and redis_url:
        return RunServers(database_url, redis_url, own_redis=False)
    folder = Path(os.environ[FOLDER])
    with (folder / "starting").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        running = running_servers(folder)
        if running is None:
            _start(folder)
            running = running_servers(folder)
    assert running is not None
    return RunServers(
        database_url or running.database_url,
        redis_url or running.redis_url,
        own_redis=not redis_url,
    )


def _start(folder: Path) -> None:
    command = [sys.executable, "-m", "app.integrations.local_servers", str(folder)]
    log = folder / "keeper.log"
    with log.open("w") as output:
        started = subprocess.Popen(
            [*command, "--follow", os.environ[CONTROLLER], "--remove"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    keepers.append(started)

    def is_running() -> bool:
        if started.poll() is not None:
            raise RuntimeError(f"the test servers did not start: {log.read_text()}")
        return running_servers(folder) is not None

    _await(is_running, "the test servers did not start")


def _await(condition: Callable[[], bool], otherwise: str, patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(otherwise)
        time.sleep(0.01)
