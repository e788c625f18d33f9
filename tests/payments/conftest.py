"""Keys once a run, a till for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.integrations.wechat_pay_simulator.keys import SimulatorKeys
from app.storage.engine import make_engine
from tests.payments.till import USER, Till, open_till
from tests.support import rows


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pay")
    SimulatorKeys.kept_under(folder)
    return folder


@pytest.fixture
def data_dir(keys_dir: Path, tmp_path: Path) -> Path:
    """A data folder of this test alone, with the run's keys."""
    return Path(shutil.copytree(keys_dir, tmp_path / "data"))


@pytest.fixture
async def till(database_url: str, data_dir: Path) -> AsyncIterator[Till]:
    engine = make_engine(database_url, pool_size=5)
    await rows.put_brand(engine)
    await rows.put_station(engine, 1)
    await rows.put_member(engine, USER)
    async with open_till(engine, data_dir) as till:
        yield till
    await engine.dispose()
