"""What operators see of real processes: figures of all of them, a trace, a start, an end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.e2e.collector import Collector, collecting
from tests.e2e.live import eventually, free_port, serving


def counted(live) -> float:
    """Operations run, by all processes of the server."""
    told = live.http.get("/metrics").text
    lines = [line for line in told.splitlines() if line.startswith("youhui_operations_total")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_the_figures_of_several_processes_add_up(seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path, "--workers", "2") as live:
        for _ in range(12):
            live.http.post("/graphql", json={"query": "{ now }"}, headers={"Connection": "close"})
        assert counted(live) == 12
    with serving(seeded_database_url, None, tmp_path, "--workers", "2") as live:
        assert counted(live) == 0


def test_a_process_that_drains_serves_on_and_says_that_it_is_not_ready(
    seeded_database_url, tmp_path
):
    with serving(seeded_database_url, None, tmp_path, YOUHUI_DRAIN_S="3") as live:
        live.process.send_signal(signal.SIGTERM)
        eventually(lambda: live.http.get("/health/ready").status_code == 503)
        assert live.http.get("/health/ready").json()["status"] == "stopping"
        assert live.http.get("/health/live").status_code == 200
        assert live.data("{ now }")
        assert live.process.wait(30) is not None


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as taking:
        yield taking


def test_traces_are_sent_with_names_and_nothing_personal(seeded_database_url, tmp_path, collector):
    settings = {"YOUHUI_OTLP_ENDPOINT": collector.url, "YOUHUI_TRACE_RATIO": "1"}
    with serving(seeded_database_url, None, tmp_path, **settings) as live:
        query = (
            "query Watched($near: CoordinatesInput!) { stations(near: $near) { edges { cursor } } }"
        )
        live.ask(query, {"near": {"latitude": 31.2304, "longitude": 121.4737}}, persona="regular")
        token = live.token("regular")
    sent = b"".join(collector.bodies)
    assert b"graphql Watched" in sent
    assert b"youhui.statements" in sent
    assert b"31.2304" not in sent
    assert token.encode() not in sent


def test_a_start_without_a_database_is_told_without_a_trace(tmp_path):
    settings = {
        "YOUHUI_DATABASE_URL": f"postgresql://127.0.0.1:{free_port()}/none",
        "YOUHUI_DATA_DIR": str(tmp_path),
        "YOUHUI_DEMO": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(free_port())],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert "StorageUnavailable" in ended.stderr
    assert "youhui migrate" in ended.stderr
