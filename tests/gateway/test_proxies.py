"""Who is believed about a caller's address and scheme."""

from ipaddress import ip_network

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from app.gateway.boundary import Boundary
from app.gateway.proxies import TrustedProxies

PROXY, INNER, CALLER = "10.0.0.2", "10.0.7.9", "203.0.113.7"


async def told(scope, receive, send):
    request = Request(scope, receive)
    answer = PlainTextResponse(f"{request.client.host} {request.url.scheme}")
    await answer(scope, receive, send)


def seen(peer: str, *networks: str, headers=()) -> tuple[str, str]:
    """The address and the scheme that the application sees."""
    trusting = TrustedProxies(told, [ip_network(each) for each in networks])
    client = TestClient(trusting, client=(peer, 50_000))
    host, scheme = client.get("/", headers=list(headers)).text.split()
    return host, scheme


FORWARDED = [("X-Forwarded-For", CALLER), ("X-Forwarded-Proto", "https")]


@pytest.mark.parametrize("trusted", [PROXY, "10.0.0.0/8"])
def test_a_trusted_proxy_is_believed(trusted):
    assert seen(PROXY, trusted, headers=FORWARDED) == (CALLER, "https")


@pytest.mark.parametrize(("peer", "networks"), [(PROXY, ()), (CALLER, ("10.0.0.0/8",))])
def test_nobody_else_is(peer, networks):
    lie = [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https")]
    assert seen(peer, *networks, headers=lie) == (peer, "http")


def test_what_the_caller_wrote_before_the_proxy_is_not_believed():
    chain = [("X-Forwarded-For", f"192.0.2.66, {CALLER}")]
    assert seen(PROXY, "10.0.0.0/8", headers=chain)[0] == CALLER


def test_proxies_behind_each_other_are_seen_through():
    chain = [("X-Forwarded-For", f"192.0.2.66, {CALLER}, {INNER}")]
    assert seen(PROXY, "10.0.0.0/8", headers=chain)[0] == CALLER
    split = [("X-Forwarded-For", CALLER), ("X-Forwarded-For", INNER)]
    assert seen(PROXY, "10.0.0.0/8", headers=split)[0] == CALLER


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("203.0.113.7:4711", CALLER),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", CALLER),
        ("unknown", PROXY),
        ("", PROXY),
        ("<script>", PROXY),
        (f"{CALLER}, unknown", PROXY),
    ],
)
def test_an_address_is_an_address_or_not_believed(entry, address):
    assert seen(PROXY, PROXY, headers=[("X-Forwarded-For", entry)])[0] == address


@pytest.mark.parametrize(
    ("proto", "scheme"), [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("ftp", "http")]
)
def test_a_scheme_is_one_that_we_serve(proto, scheme):
    assert seen(PROXY, PROXY, headers=[("X-Forwarded-Proto", proto)])[1] == scheme


def test_browsers_behind_a_proxy_are_told_to_stay_with_tls():
    app = TrustedProxies(Boundary(told), [ip_network(PROXY)])
    behind = TestClient(app, client=(PROXY, 50_000)).get("/", headers=FORWARDED)
    assert "max-age" in behind.headers["strict-transport-security"]
    direct = TestClient(app, client=(CALLER, 50_000)).get("/", headers=FORWARDED)
    assert "strict-transport-security" not in direct.headers
