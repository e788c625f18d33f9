"""Settings that cannot be right are told before anything is started."""

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.mark.parametrize(
    "url",
    ["redis://h", "redis://:p%40ss@h:6379/2", "rediss://h:1?db=3", "unix:///run/v.sock?db=1"],
)
def test_addresses_of_redis_are_taken(url: str):
    assert Settings(redis_url=url).redis_url == url


@pytest.mark.parametrize("url", ["foo", "redis", "http://h", "redis://h:abc", "redis://:a/b@h:1"])
def test_other_addresses_of_redis_are_refused(url: str):
    with pytest.raises(ValidationError):
        Settings(redis_url=url)


@pytest.mark.parametrize(
    "url", ["foo", "mysql://h/db", "postgresql://h:abc/db", "postgresql://h:99999/db"]
)
def test_addresses_that_name_no_postgresql_are_refused(url: str):
    with pytest.raises(ValidationError):
        Settings(database_url=url)
