"""Where the local servers keep their files, and the lock that makes one process their owner.

Sockets lie apart from the files: a socket's path may have at most 107 bytes, a checkout's path may
have more. Their folder is short, under the temporary directory, named by a hash of the files' path.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.integrations.local_servers.errors import AlreadyRunning, LocalServersError

LONGEST_SOCKET_PATH = 103  # bytes, without the closing zero: 107 on Linux, 103 on macOS
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True, slots=True)
class Folders:
    """`home` holds data, logs, state and lock; `sockets` the sockets. Both are this user's alone."""

    home: Path
    sockets: Path

    @classmethod
    def of(cls, home: Path) -> "Folders":
        """Create `home` where it is absent; `sockets` comes with `make_socket_folder`."""
        home = home.absolute()
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise LocalServersError(
                f"不能使用目录 {home}（{fault.strerror}）。请用 YOUHUI_DATA_DIR 指定另一个。",
                f"The folder cannot be used ({fault.strerror}): set YOUHUI_DATA_DIR to another.",
            ) from fault
        home = home.resolve()
        return cls(home, _socket_folder(home))

    def make_socket_folder(self) -> None:
        """Create it, or make sure that it is ours alone. Somebody else's: `LocalServersError`."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise LocalServersError(
                f"{self.sockets} 属于别的用户，不能使用。请删除它，或设置另一个 TMPDIR。",
                f"{self.sockets} belongs to another user: remove it or set another TMPDIR.",
            )
        self.sockets.chmod(0o700)

    def remove_socket_folder(self) -> None:
        """At the end: the next start makes it again. What cannot be removed stays."""
        shutil.rmtree(self.sockets, ignore_errors=True)

    @property
    def state(self) -> Path:
        return self.home / "servers.json"

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"


def _socket_folder(home: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    name = f"youhui-{os.geteuid()}-{digest}"
    for parent in (tempfile.gettempdir(), "/var/tmp"):  # noqa: S108 - owner and mode get checked
        folder = Path(parent, name)
        if len(os.fsencode(folder)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return folder
    raise LocalServersError(
        f"临时目录的路径太长，放不下套接字：{tempfile.gettempdir()}。请设置更短的 TMPDIR。",
        "The temporary directory's path is too long for sockets: set a shorter TMPDIR.",
    )


@contextmanager
def locked(folders: Folders, patience_s: float = 2.0) -> Iterator[None]:
    """Hold the folder for this process. The kernel frees the lock however the process ends.

    A process that is just stopping is waited for; one that stays: `AlreadyRunning`.
    """
    path = folders.home / "lock"
    with _opened(path) as file:
        deadline = time.monotonic() + patience_s
        while not _try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"已经有一个实例在使用 {folders.home}（进程 {_owner(path)}）。"
                    "请先停止它，或用 YOUHUI_DATA_DIR 指定另一个目录。",
                    f"Another instance is using this folder (process {_owner(path)}): "
                    "stop it first, or set YOUHUI_DATA_DIR to another folder.",
                )
            time.sleep(0.05)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def is_locked(folders: Folders) -> bool:
    """Whether a live process owns the folder's servers."""
    path = folders.home / "lock"
    if not path.exists():
        return False
    with _opened(path) as file:
        return not _try_lock(file.fileno())


def _opened(lock: Path) -> IO[str]:
    try:
        return lock.open("a+")
    except OSError as fault:
        raise LocalServersError(
            f"不能写入 {lock.parent}（{fault.strerror}）。它属于别的用户吗？"
            "请用 YOUHUI_DATA_DIR 指定另一个目录。",
            f"The folder cannot be written ({fault.strerror}). Is it another user's? "
            "Set YOUHUI_DATA_DIR to another.",
        ) from fault


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(lock: Path) -> str:
    return lock.read_text().strip() or "?"
