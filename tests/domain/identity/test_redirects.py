"""Where an application may be sent back to."""

import pytest

from app.domain.identity.redirects import check_redirect, form_source, redirect_matches
from app.domain.shared.senseless import SenselessValue

GOOD = (
    "com.youhui.app:/signed-in",
    "https://partner.example/back?from=youhui",
    "http://127.0.0.1/signed-in",
    "http://[::1]/signed-in",
)


@pytest.mark.parametrize("uri", GOOD)
def test_what_may_be_registered_matches_itself(uri: str):
    check_redirect(uri)
    assert redirect_matches(uri, uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "youhui:/signed-in",
        "javascript:alert(1)",
        "http://partner.example/back",
        "http://localhost/back",
        "http://127.0.0.1:8000/back",
        "https:///back",
        "https://user@partner.example/back",
        "https://partner.example/back#part",
        "https://partner.example/ back",
        "https://partner.example/" + "x" * 600,
    ],
)
def test_what_may_not(uri: str):
    with pytest.raises(SenselessValue):
        check_redirect(uri)


@pytest.mark.parametrize("port", ["1", "8000", "65535"])
def test_a_loopback_address_matches_with_any_port(port: str):
    assert redirect_matches("http://127.0.0.1/a?b", f"http://127.0.0.1:{port}/a?b")
    assert redirect_matches("http://[::1]/a", f"http://[::1]:{port}/a")


@pytest.mark.parametrize(
    "given",
    [
        "http://127.0.0.1:0/a",
        "http://127.0.0.1:65536/a",
        "http://127.0.0.1:x/a",
        "http://127.0.0.1:８０/a",
        "http://127.0.0.1:80@evil.example/a",
        "http://127.0.0.1.evil.example:80/a",
        "http://127.0.0.1:80/b",
        "http://127.0.0.1:80/a#b",
        "https://127.0.0.1:80/a",
        "http://[::1]:80/a",
    ],
)
def test_and_nothing_else_does(given: str):
    assert not redirect_matches("http://127.0.0.1/a", given)


def test_other_addresses_match_as_they_are_alone():
    assert not redirect_matches("https://a.example/b", "https://a.example:443/b")
    assert not redirect_matches("com.youhui.app:/a", "com.youhui.app:/a/b")


def test_what_a_page_names():
    assert form_source("com.youhui.app:/a") == "com.youhui.app:"
    assert form_source("http://127.0.0.1:8000/a") == "http://127.0.0.1:8000"
