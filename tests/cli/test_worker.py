"""Where a worker of the demo sends the pay simulator's notices."""

import pytest

from app.cli import worker
from app.cli.worker import beside_its_server
from app.integrations.local_servers import LocalServers, RunningServer
from app.settings import Settings


@pytest.fixture
def demo(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Beside a server on port 8123."""
    for name in ("YOUHUI_PORT", "YOUHUI_WECHAT_PAY_NOTIFY_URL"):
        monkeypatch.delenv(name, raising=False)
    server = RunningServer("youhui", 1, "http://127.0.0.1:8123", "")
    running = LocalServers(tmp_path, "postgresql://", "", (server,))
    monkeypatch.setattr(worker, "running_servers", lambda _folder: running)
    return Settings(demo=True, data_dir=tmp_path)


def test_it_finds_the_server_over_its_data_folder(demo: Settings):
    assert beside_its_server(demo).port == 8123


def test_what_was_said_counts_for_more(demo: Settings, monkeypatch: pytest.MonkeyPatch):
    told = Settings(demo=True, data_dir=demo.data_dir, port=9000)
    assert beside_its_server(told).port == 9000
    monkeypatch.setenv("YOUHUI_WECHAT_PAY_NOTIFY_URL", "https://pay.example.com/notices")
    assert beside_its_server(demo) == demo


def test_outside_the_demo_it_asks_nobody(demo: Settings):
    real = Settings(data_dir=demo.data_dir)
    assert beside_its_server(real) == real
