"""Fixtures of all tests: databases and Redis on real servers.

By default a run starts servers of its own; YOUHUI_DATABASE_URL and YOUHUI_REDIS_URL name others,
on which test databases are then made and dropped.
"""

import os
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
import redis

from tests.support import servers
from tests.support.databases import DatabaseFactory
from tests.support.servers import RunServers


def _is_controller(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _is_controller(config):
        servers.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_controller(config):
        url = os.environ.get("YOUHUI_DATABASE_URL")
        if url:  # a server that stays
            with suppress(psycopg.OperationalError):  # it was never there: no test made anything
                DatabaseFactory(url, servers.run_name(), "main").drop_all()
        servers.close_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m database` selects the tests that touch PostgreSQL."""
    for item in items:
        if "databases" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """ "gw0", "gw1", …; "main" without workers."""
    return getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]


@pytest.fixture(scope="session")
def run_servers() -> RunServers:
    return servers.run_servers()


@pytest.fixture(scope="session")
def databases(run_servers: RunServers, worker_name: str) -> DatabaseFactory:
    """Makes databases beyond those of the fixtures below."""
    return DatabaseFactory(run_servers.database_url, servers.run_name(), worker_name)


@pytest.fixture
def database_url(databases: DatabaseFactory) -> Iterator[str]:
    """A migrated database of this test alone (about 10 ms): "postgresql+psycopg://…"."""
    with databases.database(databases.migrated_template()) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: DatabaseFactory) -> Iterator[str]:
    """A database of this test alone, without any table."""
    with databases.database(None) as url:
        yield url


@pytest.fixture(scope="session")
def seeded_database_url(databases: DatabaseFactory) -> Iterator[str]:
    """A database with the small seed, shared by all tests of a worker: read it only."""
    with databases.database(databases.seeded_template()) as url:
        yield url


@pytest.fixture
def seeded_copy_url(databases: DatabaseFactory) -> Iterator[str]:
    """A database with the small seed of this test alone: it may be changed."""
    with databases.database(databases.seeded_template()) as url:
        yield url


@pytest.fixture(scope="session")
def redis_number_url(run_servers: RunServers, worker_name: str) -> str:
    """A numbered Redis database for this worker. On a server that is not ours: an empty one."""
    number = 1 + int(worker_name.removeprefix("gw")) if worker_name.startswith("gw") else 0
    number = number % 16 if run_servers.own_redis else 15 - number % 16
    url = f"{run_servers.redis_url.partition('?')[0]}?db={number}"
    if run_servers.own_redis:
        return url
    with redis.Redis.from_url(url) as client:
        if client.dbsize():
            pytest.exit(f"{url} is not empty: tests delete what is in it", returncode=4)
    return url


@pytest.fixture
def redis_url(redis_number_url: str) -> Iterator[str]:
    """An empty Redis database of this test alone (channels are shared by all workers)."""
    with redis.Redis.from_url(redis_number_url) as client:
        client.flushdb()
        yield redis_number_url
        client.flushdb()
