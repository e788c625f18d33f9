"""`youhui serve` as a process: ports, several processes, the way it ends, what it logs."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.errors import CommandFailed, ExitCode
from app.cli.serve import base_url, listening
from app.integrations.local_servers.children import is_alive
from app.settings import Settings
from tests.e2e.live import document, eventually, free_port, serving, variables


def test_a_taken_port_is_told_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed) as failed, listening("127.0.0.1", port):
            pass
    assert failed.value.exit_code == ExitCode.PORT_TAKEN
    assert f"--port {port + 1}" in failed.value.message
    assert "YOUHUI_PORT" in failed.value.message


def test_an_address_that_does_not_exist_is_told():
    with pytest.raises(CommandFailed, match=r"203\.0\.113\.7"), listening("203.0.113.7", 8000):
        pass


def test_a_port_is_free_again_at_once():
    port = free_port()
    for _ in range(3):
        with (
            listening("127.0.0.1", port) as listener,
            socket.create_connection(("127.0.0.1", port)),
        ):
            assert listener.getsockname()[1] == port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
    ],
)
def test_the_address_shown_can_be_opened_on_this_machine(host, url):
    assert base_url(Settings(host=host, port=8123)) == url


def test_a_database_without_tables_is_told_and_not_served(empty_database_url, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(free_port())],
        env={
            **os.environ,
            "YOUHUI_DATABASE_URL": empty_database_url,
            "YOUHUI_DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == ExitCode.SERVER_FAILED
    assert "youhui migrate" in done.stderr


def children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def test_several_processes_serve_and_take_each_others_tokens(seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path, "--workers", "2") as live:
        token = live.token("regular")
        for _ in range(12):
            answer = live.ask(
                document("viewer"),
                headers={"Authorization": f"Bearer {token}", "Connection": "close"},
            )
            assert answer.json()["data"]["viewer"]["nickname"] == "老周"
        processes = children_of(live.process.pid)
        assert len(processes) >= 2
        live.process.kill()
        live.process.wait()
        eventually(lambda: not any(is_alive(pid) for pid in processes))


def test_a_process_still_starting_ends_with_a_killed_parent_too(seeded_database_url, tmp_path):
    settings = {"YOUHUI_DATABASE_URL": seeded_database_url, "YOUHUI_DATA_DIR": str(tmp_path)}
    arguments = ["serve", "--port", str(free_port()), "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **settings},
    ) as parent:
        eventually(lambda: len(children_of(parent.pid)) >= 3)  # two, and their resource tracker
        processes = children_of(parent.pid)
        parent.kill()
    eventually(lambda: not any(is_alive(pid) for pid in processes))


def test_sigterm_ends_it_tidily(seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path) as live:
        live.operation("stations", None)
        live.process.send_signal(signal.SIGTERM)
        assert live.process.wait(20) == ExitCode.TERMINATED
        assert "Traceback" not in live.log.read_text()


def test_the_log_names_requests_but_nothing_personal(seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path) as live:
        token = live.token("regular")
        bearer = {"Authorization": f"Bearer {token}"}
        answer = live.ask(document("wallet"), variables("wallet"), headers=bearer)
        masked = live.ask("{ viewer { phoneMasked nickname } }", headers=bearer).json()
        live.http.get("/graphql", params={"query": "{ now }", "p": "13800138000"}, headers=bearer)
        live.http.get(f"/{token}")
        quote = live.ask(
            document("checkout-preview"), variables("checkout-preview"), headers=bearer
        ).json()["data"]["checkoutPreview"]["preview"]["quote"]["token"]
        log = live.log.read_text()
    assert answer.headers["x-request-id"] in log
    assert '"method":"POST"' in log
    assert '"route":"/graphql","status":200' in log
    viewer = masked["data"]["viewer"]
    for secret in (token, token.split(".")[1], quote, viewer["nickname"], viewer["phoneMasked"]):
        assert secret not in log
    assert "13800138000" not in log


def test_outside_demo_mode_there_is_no_way_to_be_anyone(seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path, YOUHUI_DEMO="0") as live:
        assert live.http.get("/demo/personas").status_code == 404
        answer = live.http.post("/demo/token", json={"persona": "regular"})
        assert answer.status_code == 404
        assert live.http.get("/graphiql").status_code == 404
        told = live.ask("{ nowe }").text
        assert "UNTRUSTED_DOCUMENT" in told
        assert "Did you mean" not in told
