"""`youhui worker` as a process, and `youhui jobs` beside it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from app.settings import without_driver
from tests.e2e.live import eventually

UNKNOWN = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('youhui', 'a.unknown')"


def environment(url: str, data_dir: Path) -> dict[str, str]:
    return {**os.environ, "YOUHUI_DATABASE_URL": url, "YOUHUI_DATA_DIR": str(data_dir)}


@contextmanager
def worker(url: str, data_dir: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (data_dir / "worker.out").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(url, data_dir),
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        finally:
            process.kill()
            process.wait()


def jobs(url: str, data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "jobs", *arguments],
        env={**environment(url, data_dir), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def counted(database_url):
    """How many workers live, and jobs of a status there are."""
    with psycopg.connect(without_driver(database_url), autocommit=True) as connection:

        def count(what: str) -> int:
            row = connection.execute(what).fetchone()
            return row[0]

        yield connection, count


WORKERS = "SELECT count(*) FROM procrastinate_workers"
DEAD = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"


@pytest.mark.parametrize("processes", [1, 2])
def test_workers_start_and_sigterm_ends_them_tidily(database_url, tmp_path, counted, processes):
    _, count = counted
    with worker(database_url, tmp_path, "--processes", str(processes)) as process:
        eventually(lambda: count(WORKERS) == processes)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    assert count(WORKERS) == 0  # each said good-bye


def test_a_dead_letter_is_listed_shown_and_repeated(database_url, tmp_path, counted):
    connection, count = counted
    connection.execute(UNKNOWN)
    with worker(database_url, tmp_path):
        eventually(lambda: count(DEAD) == 1)
        assert jobs(database_url, tmp_path, "health").returncode == 0
    listed = jobs(database_url, tmp_path, "list", "--failed")
    assert "a.unknown" in listed.stdout
    assert "no such task" in " ".join(listed.stdout.replace("│", " ").split())
    job_id = str(count("SELECT id FROM procrastinate_jobs WHERE status = 'failed'"))
    shown = jobs(database_url, tmp_path, "show", job_id)
    assert "放弃" in shown.stdout
    assert jobs(database_url, tmp_path, "retry", job_id).returncode == 0
    assert count(DEAD) == 0
    assert jobs(database_url, tmp_path, "retry", job_id).returncode == 1


def test_without_a_worker_health_fails(database_url, tmp_path):
    told = jobs(database_url, tmp_path, "health")
    assert told.returncode == 1
    assert "youhui worker" in told.stderr


def test_retry_wants_ids_or_all(database_url, tmp_path):
    assert jobs(database_url, tmp_path, "retry").returncode == 2
    assert jobs(database_url, tmp_path, "retry", "--all").returncode == 0


def test_a_demo_worker_that_does_not_know_its_server_says_where_notices_go(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YOUHUI_DEMO", "1")
    for port, said in (("", True), ("8123", False)):
        monkeypatch.setenv("YOUHUI_PORT", port)
        with worker(database_url, tmp_path):
            eventually(lambda: "worker ready" in (tmp_path / "worker.out").read_text("utf-8"))
        assert ("YOUHUI_PORT" in (tmp_path / "worker.out").read_text("utf-8")) is said
