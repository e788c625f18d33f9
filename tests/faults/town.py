"""The whole platform as processes of its own: servers, workers, databases and pay simulator."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import psycopg

from app.integrations.local_servers import children, valkey
from app.integrations.local_servers.folders import Folders
from app.integrations.local_servers.postgres import DATABASE, SUPERUSER, Cluster
from app.security.access_tokens import AccessTokens
from app.security.keys import SigningKeys
from tests.faults.wire import Wire

CODES = 12
SERVERS = 3
WORKERS = 2
PATIENCE_S = 60.0
SEED_SIZES = ("--stations", "40", "--members", "60")
PROMOTIONS = Path(__file__).with_name("promotions.yaml")
PAY_WITHIN_S = 8
TIMING = {
    "YOUHUI_PAY_WITHIN_S": str(PAY_WITHIN_S),
    "YOUHUI_FULFIL_AFTER_S": "1",
    "YOUHUI_COMPLETE_AFTER_S": "1",
    "YOUHUI_SWEEP_EVERY_S": "5",
}
"""A day of orders in seconds."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass
class Program:
    """One `youhui …` process, started anew after its end by `start`."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    module: tuple[str, ...] = ("app.cli",)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.module, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,  # each gets a fair share of the machine, as services do
            )

    def send(self, sent: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sent)

    def kill(self) -> None:
        """At once, whatever it was doing."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Town:
    """Everything that runs. `ports`: of the servers, `under_way`: their requests without an
    answer yet; `to_…`: the relays in front of databases and servers.

    `defect`: servers and workers run with this one planted (`tests.faults.planted`). `furnished`: the
    folder of a town that was furnished, to start from. `how_many`: servers.
    """

    folder: Path
    cluster: Cluster
    folders: Folders
    defect: str | None = None
    furnished: Path | None = None
    how_many: int = SERVERS
    environment: dict[str, str] = field(default_factory=dict[str, str])
    servers: list[Program] = field(default_factory=list[Program])
    workers: list[Program] = field(default_factory=list[Program])
    ports: list[int] = field(default_factory=list[int])
    under_way: Counter[int] = field(default_factory=Counter[int])
    simulator: Program | None = None
    simulator_port: int = 0
    postgres: subprocess.Popen[bytes] | None = None
    redis: subprocess.Popen[bytes] | None = None
    to_postgres: Wire | None = None
    to_redis: Wire | None = None
    to_servers: Wire | None = None
    jumped_s: int = 0
    _tokens: dict[int, tuple[str, datetime]] = field(
        default_factory=dict[int, tuple[str, datetime]]
    )
    _issuing: AccessTokens | None = None

    @classmethod
    def at(
        cls,
        folder: Path,
        defect: str | None = None,
        furnished: Path | None = None,
        how_many: int = SERVERS,
    ) -> "Town":
        folders = Folders.of(folder / "databases")
        cluster = Cluster.at(folders, None, durable=True)
        return cls(folder, cluster, folders, defect, furnished, how_many)

    # ---- start and end -----------------------------------------------------------------------

    async def open(self, tell: Callable[[str], None]) -> None:
        tell("数据库 databases")
        self.folders.make_socket_folder()
        self.start_redis()
        if self.furnished is not None:
            await asyncio.to_thread(_copy, Town.at(self.furnished), self)
        await asyncio.to_thread(self.start_postgres)
        await self._open_wires()
        self._set_environment()
        if self.furnished is None:
            await self._furnish(tell)
        tell("进程 processes")
        self._start_programs()
        await self.await_ready()

    async def furnish(self, tell: Callable[[str], None]) -> None:
        """Makes the data that towns start with, and leaves them at rest in the folder."""
        self.folders.make_socket_folder()
        await asyncio.to_thread(self.start_postgres)
        try:
            await self._furnish(tell)
        finally:
            await self.close()

    async def _furnish(self, tell: Callable[[str], None]) -> None:
        tell("演示数据 demo data")
        direct = self.environment | {
            "YOUHUI_DATABASE_URL": self.cluster.url(),
            "YOUHUI_DATA_DIR": str(self.folder / "data"),
        }
        await self.run("migrate", environment=direct)
        await self.run("seed", *SEED_SIZES, environment=direct)
        publish = ("promotions", "publish", "--demo", str(PROMOTIONS))
        await self.run(*publish, environment=direct)
        command = ("coupons", "codes", "fault-codes", "--count", str(CODES), "--as", "faults")
        await self.run(*command, "--out", str(self.codes_file), environment=direct)

    @property
    def codes_file(self) -> Path:
        """Codes of coupons; each is good for one."""
        return (self.furnished or self.folder) / "codes.csv"

    async def _open_wires(self) -> None:
        self.to_postgres = Wire([f"{self.cluster.identity.sockets}/.s.PGSQL.5432"])
        self.to_redis = Wire([str(valkey.socket_path(self.folders))])
        self.ports = [free_port() for _ in range(self.how_many)]
        self.to_servers = Wire([("127.0.0.1", port) for port in self.ports])
        for wire in (self.to_postgres, self.to_redis, self.to_servers):
            await wire.open()
        self.simulator_port = free_port()

    def _set_environment(self) -> None:
        assert self.to_postgres is not None
        assert self.to_redis is not None
        assert self.to_servers is not None
        address = f"127.0.0.1:{self.to_postgres.port}"
        self.clock_file.write_text("0")
        self.environment = {
            "YOUHUI_DATABASE_URL": f"postgresql+psycopg://{SUPERUSER}@{address}/{DATABASE}",
            "YOUHUI_REDIS_URL": f"redis://127.0.0.1:{self.to_redis.port}/0",
            "YOUHUI_DATA_DIR": str(self.folder / "data"),
            "YOUHUI_CLOCK_OFFSET_FILE": str(self.clock_file),
            "YOUHUI_PAY_SIMULATOR_PORT": str(self.simulator_port),
            "YOUHUI_WECHAT_PAY_NOTIFY_URL": (
                f"http://127.0.0.1:{self.to_servers.port}/webhooks/wechat-pay"
            ),
            "YOUHUI_DEMO": "1",
            "YOUHUI_LIMITS_ENABLED": "0",  # no driver buys as fast as these clients do
            **TIMING,
        }

    def _start_programs(self) -> None:
        self.simulator = self._program("simulator", "pay-simulator", "--pace", "0.02")
        self.simulator.start()
        for number, port in enumerate(self.ports):
            self.servers.append(self._program(f"server{number}", "serve", "--port", str(port)))
        self.workers = [self._program(f"worker{number}", "worker") for number in range(WORKERS)]
        for program in (*self.servers, *self.workers):
            program.start()

    def _program(self, name: str, *arguments: str) -> Program:
        module = ("tests.faults.planted", self.defect) if self.defect else ("app.cli",)
        log = self.folder / f"{name}.log"
        return Program(name, arguments, self.environment, log, module)

    async def await_ready(self) -> None:
        async with httpx2.AsyncClient(timeout=5) as http:
            for port in self.ports:
                await self._ready(http, f"http://127.0.0.1:{port}/health/ready")

    async def _ready(self, http: httpx2.AsyncClient, url: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            with suppress(httpx2.TransportError):
                if (await http.get(url)).status_code == 200:
                    return
            if asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(f"not ready in time: {url}; see the logs in {self.folder}")
            await asyncio.sleep(0.1)

    async def run(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """A command that must succeed; its output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "app.cli", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **(environment or self.environment)},
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"youhui {' '.join(arguments)}:\n{output.decode()}")
        return output.decode()

    async def close(self) -> None:
        """Ends every process; nothing of it stays running."""
        programs = [*self.servers, *self.workers, *([self.simulator] if self.simulator else [])]
        for program in programs:
            program.send(signal.SIGCONT)
            program.kill()
        for wire in (self.to_postgres, self.to_redis, self.to_servers):
            if wire is not None:
                await wire.close()
        for child in (self.redis, self.postgres):
            if child is not None:
                await asyncio.to_thread(children.stop, child, signal.SIGINT, 10)
        self.folders.remove_socket_folder()

    # ---- databases ---------------------------------------------------------------------------

    def start_postgres(self) -> None:
        self.postgres = self.cluster.start()

    def restart_postgres(self) -> None:
        """As after a power cut: what was acknowledged must be there again."""
        assert self.postgres is not None
        self.postgres.send_signal(signal.SIGQUIT)
        self.postgres.wait()
        self.start_postgres()

    def start_redis(self) -> None:
        self.redis = children.start(valkey.command(self.folders))

    def kill_redis(self) -> None:
        assert self.redis is not None
        self.redis.kill()
        self.redis.wait()
        valkey.socket_path(self.folders).unlink(missing_ok=True)
        self.start_redis()

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Straight to the database, past the relay."""
        return psycopg.connect(self._direct_url, autocommit=True)

    async def connect_async(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(self._direct_url, autocommit=True)

    @property
    def _direct_url(self) -> str:
        return self.cluster.url().replace("postgresql+psycopg", "postgresql")

    async def flush_redis(self) -> None:
        path = valkey.socket_path(self.folders)
        with suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"FLUSHALL\r\n")
            await reader.read(16)
            writer.close()

    # ---- clock and identities ----------------------------------------------------------------

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock-offset"

    def jump(self, by_s: int) -> None:
        """Moves the application's clock; readers never see half a file."""
        self.jumped_s += by_s
        unfinished = self.clock_file.with_suffix(".new")
        unfinished.write_text(str(self.jumped_s))
        unfinished.replace(self.clock_file)

    def now(self) -> datetime:
        """What the application's clock says."""
        return datetime.now(UTC) + timedelta(seconds=self.jumped_s)

    def token(self, user_id: int) -> str:
        """Made anew for a member once a minute, and after a jump back to before it was made."""
        now = self.now()
        token, made = self._tokens.get(user_id, ("", datetime.max.replace(tzinfo=UTC)))
        if not timedelta(0) <= now - made < timedelta(minutes=1):
            token = self._issuer().issue(user_id, now)
            self._tokens[user_id] = token, now
        return token

    def _issuer(self) -> AccessTokens:
        if self._issuing is None:
            keys = SigningKeys.kept_under(self.folder / "data")
            self._issuing = AccessTokens(keys, lifetime=timedelta(hours=2))
        return self._issuing


def _copy(furnished: Town, to: Town) -> None:
    """The database, with its owner, which is not always ours, and the keys that belong to it."""
    for source, place in (
        (furnished.cluster.identity.data, to.cluster.identity.data),
        (furnished.folder / "data", to.folder / "data"),
    ):
        subprocess.run(["cp", "-a", str(source), str(place)], check=True)
