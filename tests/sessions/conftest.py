"""The whole application in the test's process, over real databases, with WeChat's simulator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.sessions.asking import Page
from tests.support.wechat import wechat


@pytest.fixture(scope="session")
def wechat_port() -> Iterator[int]:
    with wechat() as port:
        yield port


@pytest.fixture
def settings(database_url: str, redis_url: str, wechat_port: int, tmp_path: Path) -> dict[str, Any]:
    return {
        "database_url": database_url,
        "redis_url": redis_url,
        "demo": True,
        "data_dir": tmp_path,
        "login_simulator_port": wechat_port,
        "operation_deadline_s": 120,
    }


@pytest.fixture
def client(settings: dict[str, Any]) -> Iterator[TestClient]:
    """One process, asked by nobody in particular."""
    with TestClient(create_app(Settings(**settings)), base_url="http://localhost:8000") as client:
        yield client


@pytest.fixture
def page(client: TestClient) -> Page:
    return Page(client)
