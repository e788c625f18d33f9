"""A real `youhui serve` process, and what a client asks it."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations"
NAMES: tuple[str, ...] = tuple(orjson.loads((OPERATIONS / "index.json").read_bytes()))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def document(name: str) -> str:
    return (OPERATIONS / f"{name}.graphql").read_text("utf-8")


def variables(name: str) -> dict[str, Any]:
    path = OPERATIONS / f"{name}.json"
    return orjson.loads(path.read_bytes()) if path.exists() else {}


@dataclass
class Live:
    """`log`: what the process writes to standard error."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    http: httpx2.Client

    def token(self, persona: str) -> str:
        return self.http.post("/demo/token", json={"persona": persona}).json()["token"]

    def headers(self, persona: str | None, **more: str) -> dict[str, str]:
        bearer = {} if persona is None else {"Authorization": f"Bearer {self.token(persona)}"}
        return bearer | more

    def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        persona: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        return self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers=self.headers(persona, **(headers or {})),
        )

    def data(self, query: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """The data of an answer that must hold no error."""
        body = self.ask(query, given, **more).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def operation(self, name: str, persona: str | None, **changed: Any) -> Any:
        """The data of an example operation, with some of its variables changed."""
        return self.data(document(name), variables(name) | changed, persona=persona)


@contextmanager
def serving(
    database_url: str,
    redis_url: str | None,
    data_dir: Path,
    *arguments: str,
    tls: ssl.SSLContext | None = None,
    **environment: str,
) -> Iterator[Live]:
    """Starts the process, waits until it is ready, and stops it at the end of the block. `tls`:
    what trusts its certificate; None: it speaks plain HTTP."""
    port, log = free_port(), data_dir / "serve.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    settings = {
        "YOUHUI_DATABASE_URL": database_url,
        "YOUHUI_REDIS_URL": redis_url or "",
        "YOUHUI_DATA_DIR": str(data_dir),
        "YOUHUI_DEMO": "1",
        "YOUHUI_OPERATION_DEADLINE_S": "120",  # a busy machine is not what is tested
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **settings, **environment},
        )
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=url, timeout=150, verify=tls or True) as http:
            live = Live(process, url, log, http)
            await_ready(live)
            yield live
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()


def await_ready(live: Live, patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        assert live.process.poll() is None, live.log.read_text()
        try:
            if live.http.get("/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"not ready in time: {live.log.read_text()}")


def eventually(holds: Any, patience_s: float = 30.0) -> None:
    """Returns once `holds()` is true; fails after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
