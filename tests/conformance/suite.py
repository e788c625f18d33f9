"""The clients and audits of this folder, run by node against a real server."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.table import Column, Table

from tests.e2e.live import Live

FOLDER = Path(__file__).parent
INSTALL = FOLDER.parents[1] / "scripts" / "conformance"
MISSING = 3
"""What the script ends with where there is no Node.js."""

OPEN = {"YOUHUI_DOCUMENTS": "open", "YOUHUI_DUPLICATE_WITHIN_S": "0"}
"""Of the server: it takes documents that no manifest names, and lets clients register them."""

PATIENCE_S = 240
MARKS = {"ok": "[green]✓", "absent": "–"}


@dataclass(frozen=True, slots=True)
class Report:
    """`audits`: id, name, status, reason. `clients`: by name, each capability's "ok", "absent" or
    what failed."""

    capabilities: Sequence[str]
    audits: Sequence[Mapping[str, Any]]
    clients: Mapping[str, Mapping[str, str]]

    @property
    def passed(self) -> int:
        return sum(audit["status"] == "ok" for audit in self.audits)

    @property
    def done(self) -> int:
        """Capabilities of clients that work."""
        return sum(row[name] == "ok" for row in self.clients.values() for name in self.capabilities)

    def failures(self) -> Iterator[str]:
        for audit in self.audits:
            if audit["status"] != "ok":
                yield f"{audit['id']} {audit['name']}: {audit['status']}: {audit['reason']}"
        yield from self.failures_of_clients()

    def failures_of_clients(self) -> Iterator[str]:
        for client, row in self.clients.items():
            for capability in self.capabilities:
                if row[capability] not in MARKS:
                    yield f"{client}, {capability}: {row[capability]}"

    def table(self) -> Table:
        title = "客户端一致性 conformance of clients"
        table = Table(Column("客户端 client", no_wrap=True), *self.capabilities, title=title)
        for client, row in self.clients.items():
            marks = (MARKS.get(row[name], "[red]✗") for name in self.capabilities)
            table.add_row(f"{client} {row['version']}", *marks)
        return table


def installed() -> bool:
    """Installs what is missing. False: there is no Node.js here, and nothing can be run."""
    done = subprocess.run([INSTALL], check=False, capture_output=True, text=True)
    if done.returncode not in (0, MISSING):
        raise RuntimeError(done.stdout + done.stderr)
    return done.returncode == 0


def run(live: Live, persona: str = "regular") -> Report:
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(FOLDER / "run.mjs"), live.url, live.token(persona)],
        check=False,
        capture_output=True,
        timeout=PATIENCE_S,
        env={**os.environ, "NODE_ENV": "production", "NO_COLOR": "1"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    told = orjson.loads(done.stdout)
    return Report(told["capabilities"], told["audits"], told["clients"])
