"""Settings that cannot be right are told before anything is started."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from app.ports.rate_limiting import Bucket
from app.settings import EdgeSettings, LimitSettings, Settings


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


def test_lists_are_written_with_commas(monkeypatch):
    monkeypatch.setenv("YOUHUI_TRUSTED_PROXIES", "10.0.0.2, 192.168.0.0/16,2001:db8::/32")
    monkeypatch.setenv("YOUHUI_H5_ORIGINS", "https://m.youhui.example,http://127.0.0.1:5173")
    edge = EdgeSettings()
    assert edge.trusted_proxies == (
        ip_network("10.0.0.2/32"),
        ip_network("192.168.0.0/16"),
        ip_network("2001:db8::/32"),
    )
    assert edge.h5_origins == ("https://m.youhui.example", "http://127.0.0.1:5173")
    assert edge.other_origins == ()


@pytest.mark.parametrize("text", ["*", "proxy", "10.0.0.0/33", "10.0.0.1/8", "0.0.0.0/0", "::/0"])
def test_everybody_and_nobody_are_no_proxies(monkeypatch, text):
    monkeypatch.setenv("YOUHUI_TRUSTED_PROXIES", text)
    with pytest.raises(ValidationError, match="网段"):
        EdgeSettings()


@pytest.mark.parametrize(
    "text", ["*", "h5.example", "https://*.example", "https://h5.example/", "https://h5.example/a",
             "https://h5.example?a", "https://u:p@h5.example", "null"]
)  # fmt: skip
def test_an_origin_is_what_a_browser_says(monkeypatch, text):
    monkeypatch.setenv("YOUHUI_H5_ORIGINS", text)
    with pytest.raises(ValidationError, match="https://"):
        EdgeSettings()


def test_a_certificate_comes_with_its_key(monkeypatch, tmp_path):
    cert = tmp_path / "cert.pem"
    cert.write_text("")
    monkeypatch.setenv("YOUHUI_TLS_CERT_FILE", str(cert))
    with pytest.raises(ValidationError, match="YOUHUI_TLS_KEY_FILE"):
        EdgeSettings()
