"""What runs beside the server in the demo: a worker, and the simulators of payments and of logins.
They end with it, however it ends."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from app.cli.errors import CommandFailed, ExitCode
from app.cli.servers import Databases
from app.integrations.local_servers import RunningServer, children
from app.integrations.local_servers.children import Command
from app.settings import Settings

DEMO_TIMES = {"fulfil_after_s": 3, "complete_after_s": 3, "sweep_every_s": 5}
"""An order runs its course while one watches, unless the environment says otherwise."""
SIMULATORS_BESIDE = {"pay_simulator_port": 9, "login_simulator_port": 10}
"""Their ports are the server's and this, so that two demos stand side by side."""
HOST = "127.0.0.1"


def demo_settings() -> Settings:
    """Raises `pydantic.ValidationError`."""
    settings = Settings(demo=True)
    given = settings.model_fields_set
    ports = {name: settings.port + beyond for name, beyond in SIMULATORS_BESIDE.items()}
    wanted: dict[str, int] = {**DEMO_TIMES, **ports}
    return settings.model_copy(update={k: v for k, v in wanted.items() if k not in given})


def simulator_url(settings: Settings) -> str:
    return f"http://{HOST}:{settings.pay_simulator_port}"


def login_simulator_url(settings: Settings) -> str:
    return f"http://{HOST}:{settings.login_simulator_port}"


@contextmanager
def beside(settings: Settings, at: Databases) -> Iterator[list[RunningServer]]:
    """Runs them for the time of the block. Raises `CommandFailed` for a taken port and
    `ServerFailed` when one does not start."""
    for name in SIMULATORS_BESIDE:
        _refuse_taken_port(name, getattr(settings, name))
    folder = settings.data_dir.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = _environment(settings, at, folder)
    with (
        _child("pay-simulator", folder, environment) as simulator,
        _child("login-simulator", folder, environment) as logins,
        _child("worker", folder, environment) as worker,
    ):
        children.await_ready(*simulator, lambda: _answers(settings.pay_simulator_port))
        children.await_ready(*logins, lambda: _answers(settings.login_simulator_port))
        yield [
            RunningServer(command.name, child.pid, address, str(command.log))
            for (child, command), address in (
                (simulator, simulator_url(settings)),
                (logins, login_simulator_url(settings)),
                (worker, "后台任务 jobs"),
            )
        ]


@contextmanager
def _child(
    name: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[Popen[bytes], Command]]:
    command = Command(
        name=name,
        arguments=[sys.executable, "-m", "app.cli", name],
        log=folder / f"{name}.log",
        stop_signal=signal.SIGTERM,
        environment=environment,
    )
    child = children.start(command)
    try:
        yield child, command
    finally:
        children.stop(child, signal.SIGTERM, patience_s=5)


def _environment(settings: Settings, at: Databases, folder: Path) -> dict[str, str]:
    """All that the demo found, so that its children find the same."""
    told = {
        "demo": 1,
        "data_dir": folder,
        "host": settings.host,
        "port": settings.port,
        "database_url": at.database_url,
        "redis_url": at.redis_url or "",
        **{name: getattr(settings, name) for name in (*DEMO_TIMES, *SIMULATORS_BESIDE)},
    }
    return {**os.environ, **{f"YOUHUI_{name.upper()}": str(v) for name, v in told.items()}}


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=0.2):
            return True
    except OSError:
        return False


def _refuse_taken_port(setting: str, port: int) -> None:
    if _answers(port):
        variable = f"YOUHUI_{setting.upper()}"
        raise CommandFailed(
            f"模拟器的端口 {port} 已被占用。请用 {variable} 换一个。",
            f"Port {port} of a simulator is taken: set {variable}.",
            ExitCode.PORT_TAKEN,
        )
