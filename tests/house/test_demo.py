"""`make demo` as a person runs it: what it prints works, and however it ends, nothing is left."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.integrations.local_servers import LocalServers, running_servers
from tests.architecture.tree import ROOT
from tests.house.launching import assert_nothing_left, wait_until

PROGRAM = (sys.executable, "-m", "app.cli")
MAKE = ("make", "-o", ".venv/.run", "-o", "graphiql", "-o", "h5", f"PY={sys.executable}", "demo")
READY = "演示已就绪"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small seed, so that the demo has something to keep."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    for arguments in (["migrate"], ["seed", "--stations", "60", "--members", "12"]):
        subprocess.run(
            [*PROGRAM, *arguments], cwd=ROOT, env=environment(folder, 1), check=True, timeout=120
        )
    return folder


BELOW_PASSING_PORTS = range(20_000, 30_000)
"""Where the system takes no ports for outgoing connections from: those come and go in between."""
BESIDE = (0, 9, 10)
"""The server's port, and those of the simulators beside it."""


@pytest.fixture
def port() -> int:
    return next(
        first
        for first in random.sample(BELOW_PASSING_PORTS, 1_000)
        if all(_is_free(first + offset) for offset in BESIDE)
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def environment(data_dir: Path, port: int) -> Mapping[str, str]:
    ours = ("YOUHUI_", "MAKE", "MFLAGS", "ARGS")  # a make above us hands its options down
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept |= {"YOUHUI_DATA_DIR": str(data_dir), "YOUHUI_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    return kept


@contextmanager
def started(
    command: tuple[str, ...], data_dir: Path, port: int
) -> Iterator[tuple[subprocess.Popen[bytes], LocalServers, str]]:
    """The process, its servers and what it has printed, once the demo is ready."""
    log = data_dir.parent / "demo.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(data_dir, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    with process:
        try:
            wait_until(
                lambda: READY in log.read_text() or process.poll() is not None, "the demo is ready"
            )
            running = running_servers(data_dir)
            assert running is not None, log.read_text()
            wait_until(lambda: "Ctrl-C 停止" in log.read_text(), "all is printed")
            yield process, running, log.read_text()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("number", "whom"),
    [
        (signal.SIGTERM, "make"),
        (signal.SIGKILL, "make"),
        (signal.SIGTERM, "demo"),
        (signal.SIGKILL, "demo"),
        (signal.SIGINT, "group"),
        (signal.SIGKILL, "group"),
    ],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else value,
)
def test_nothing_is_left_however_it_ends(
    data_dir: Path, port: int, number: signal.Signals, whom: str
) -> None:
    with started(MAKE, data_dir, port) as (make, running, _):
        application = next(server for server in running.servers if server.name == "youhui")
        match whom:
            case "make":
                os.kill(make.pid, number)
            case "demo":
                os.kill(application.pid, number)
            case _:
                os.killpg(make.pid, number)
        make.wait()
        assert_nothing_left(running)


def test_what_it_prints_works_and_goes_on_without_valkey(data_dir: Path, port: int) -> None:
    with started((*PROGRAM, "demo"), data_dir, port) as (process, running, printed):
        curls = re.findall(r"^curl .*$", printed, flags=re.MULTILINE)
        assert len(curls) == 3
        answers = [answer(curl) for curl in curls]
        for found in answers:
            assert "errors" not in found, found
        with urlopen(f"http://127.0.0.1:{port}/demo/personas", timeout=30) as personas:
            for persona in json.load(personas):
                assert persona["name"] in printed
        assert_listed(data_dir, port)

        valkey = next(server for server in running.servers if server.name == "valkey")
        os.kill(valkey.pid, signal.SIGKILL)
        assert [steady(answer(curl)) for curl in curls] == [steady(found) for found in answers]

        os.kill(process.pid, signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM
        assert_nothing_left(running)


def answer(curl: str) -> dict[str, object]:
    assert shutil.which("curl"), "the printed commands need curl"
    told = subprocess.run(["sh", "-c", curl], capture_output=True, check=True, timeout=60)
    return json.loads(told.stdout)


def steady(found: dict[str, object]) -> str:
    """Without what differs from one quote to the next: its id, token and instants, and what is left
    of the caller's limit."""
    told = json.dumps({"data": found["data"]})
    return re.sub(r'"(id|token|issuedAt|expiresAt)": "[^"]*"', "", told)


def assert_listed(data_dir: Path, port: int) -> None:
    told = subprocess.run(
        [*PROGRAM, "servers"],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    running = running_servers(data_dir)
    assert running is not None
    names = [server.name for server in running.servers]
    assert sorted(names) == [
        "login-simulator",
        "pay-simulator",
        "postgres",
        "valkey",
        "worker",
        "youhui",
    ]
    for server in running.servers:
        assert f"pid {server.pid} " in told
        assert server.address in told
        assert Path(server.log).is_file()
        assert server.log in told


def test_a_second_start_and_a_taken_port_tell_the_way_out(
    data_dir: Path, port: int, tmp_path: Path
) -> None:
    with started((*PROGRAM, "demo"), data_dir, port) as (_, running, _):
        second = refused(data_dir, port + 1)
        assert second.returncode == 3
        assert f"http://127.0.0.1:{port}" in second.stderr
        assert "YOUHUI_DATA_DIR" in second.stderr
        taken = refused(tmp_path / "other", port)
        assert taken.returncode == 4
        assert f"YOUHUI_PORT={port + 1}" in taken.stderr
        assert running_servers(data_dir) == running


def refused(data_dir: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "demo"],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_servers_without_a_demo_say_so(tmp_path: Path) -> None:
    told = subprocess.run(
        [*PROGRAM, "servers"],
        cwd=ROOT,
        env=environment(tmp_path / "none", 8000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "make demo" in told.stderr
    assert not (tmp_path / "none").exists()
