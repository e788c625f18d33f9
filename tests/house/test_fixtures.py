"""The fixtures hand every test a database and a Redis of its own."""

import psycopg
import pytest
import redis

from app.settings import without_driver


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_sees_nothing_of_another_tests_database(database_url: str, turn: int) -> None:
    with psycopg.connect(without_driver(database_url)) as connection:
        connection.execute("CREATE TABLE left_behind (turn int)")
        connection.execute("INSERT INTO left_behind VALUES (%s)", [turn])
        assert connection.execute("SELECT turn FROM left_behind").fetchall() == [(turn,)]


def test_the_database_is_migrated(database_url: str) -> None:
    with psycopg.connect(without_driver(database_url)) as connection:
        assert connection.execute("SELECT count(*) FROM station").fetchone() == (0,)


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    with psycopg.connect(without_driver(empty_database_url)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        )
        assert found.fetchone() == (0,)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_sees_nothing_of_another_tests_redis(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.set("left behind", turn, nx=True)
