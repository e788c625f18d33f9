import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.e2e.live import Live, serving


@pytest.fixture(scope="session")
def live(seeded_database_url, redis_number_url, tmp_path_factory) -> Iterator[Live]:
    """One real server over the small seed, for tests that only read."""
    with serving(seeded_database_url, redis_number_url, tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture
def inside(seeded_database_url, redis_url, tmp_path) -> Iterator[TestClient]:
    """The same application within the test's process: `client.app.state.outside` is at hand."""
    settings = Settings(
        database_url=seeded_database_url, redis_url=redis_url, demo=True, data_dir=tmp_path
    )
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with TestClient(create_app(settings)) as client:
        yield client
