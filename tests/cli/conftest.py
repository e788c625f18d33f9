"""Commands in this process, over a database of the test's own."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.storage.engine import make_engine
from tests.cli.shop_floor import Shopping
from tests.support.purchases import Shop


@pytest.fixture
def command_settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", database_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", "")
    monkeypatch.setenv("YOUHUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def shopping(database_url: str) -> Shopping:
    async def shopped(use: Callable[[Shop], Awaitable[Any]]) -> Any:
        engine = make_engine(database_url)
        try:
            return await use(Shop(engine))
        finally:
            await engine.dispose()

    return lambda use: asyncio.run(shopped(use))
