"""Settings that cannot be right are told before anything is started."""

import pytest
from pydantic import ValidationError

from app.ports.rate_limiting import Bucket
from app.settings import LimitSettings, Settings


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


def test_a_bucket_is_read_as_points_and_seconds(monkeypatch):
    monkeypatch.setenv("YOUHUI_LIMITS_DEVICE", "400/100")
    assert LimitSettings().device == Bucket(400, 100)


@pytest.mark.parametrize(
    "text", ["400", "400/", "/100", "0/100", "400/0", "4e2/100", "-4/100", "a/b"]
)
def test_what_is_no_bucket_is_refused(monkeypatch, text):
    monkeypatch.setenv("YOUHUI_LIMITS_DEVICE", text)
    with pytest.raises(ValidationError, match="秒"):
        LimitSettings()
