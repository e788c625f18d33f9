"""Ten thousand secrets go in by every door; none comes out by a log, a trace, a figure or an error.

Doors: credentials, variables that fit and that do not, codes, documents that do not parse, paths.
The secrets are seeded, so that a leak can be looked for again.
"""

import base64
import random
import string
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.collector import Collector, collecting
from tests.e2e.live import Live, serving

SEED = 20_261_123
SECRETS = 10_000
SHORTEST = 7
LETTERS = string.ascii_letters + string.digits
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def phone(rng: random.Random) -> str:
    return f"1{rng.randint(3, 9)}{rng.randrange(10**9):09}"


def openid(rng: random.Random) -> str:
    return "o" + "".join(rng.choices(LETTERS, k=27))


def plate(rng: random.Random) -> str:
    return rng.choice("京沪苏浙粤川") + "".join(rng.choices(PLATE_LETTERS, k=6))


def token(rng: random.Random) -> str:
    parts = (b'{"alg":"ES256"}', rng.randbytes(48), rng.randbytes(64))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def code(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_uppercase + string.digits, k=12))


def email(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_lowercase, k=14)) + "@example.cn"


SIGN_IN = "mutation($code: String!) { signIn(input: {wechatMiniProgram: {code: $code}}) { userErrors { code message path } } }"
SMS = "mutation($phone: String!) { sendSmsCode(input: {phone: $phone}) { userErrors { code message path } } }"
SMS_SIGN_IN = "mutation($phone: String!, $code: String!) { signIn(input: {sms: {phone: $phone, code: $code}}) { userErrors { code message path } } }"
REFRESH = "mutation($token: String!) { refreshSession(input: {refreshToken: $token}) { userErrors { code message path } } }"
REDEEM = "mutation($code: String!, $key: String!) { redeemCode(input: {code: $code, idempotencyKey: $key}) { userErrors { code message path } } }"
PLACE = "mutation($token: String!, $key: String!) { placeOrder(input: {quoteToken: $token, idempotencyKey: $key}) { userErrors { code message path } } }"
INVOICE = """mutation($title: String!, $tax: String!, $email: String!) {
  requestInvoice(input: {orderId: "none", title: $title, taxNumber: $tax, email: $email, idempotencyKey: "k"}) {
    userErrors { code message path }
  }
}"""
LANDING = "query($code: String!) { referralLanding(code: $code) { code } }"
STATION = "query($id: ID!) { node(id: $id) { id } }"
NEAR = "query($near: CoordinatesInput!, $first: Int) { stations(near: $near, first: $first) { edges { cursor } } }"


class Doors:
    """Each sends some secrets and answers them with what came back."""

    def __init__(self, live: Live, rng: random.Random) -> None:
        self.live = live
        self.rng = rng

    def all(self) -> list[Callable[[], tuple[list[str], str]]]:
        return [
            self.bearer, self.cookie, self.sign_in, self.sms, self.sms_sign_in, self.refresh,
            self.redeem, self.place, self.invoice, self.landing, self.node, self.misfit,
            self.unparsable, self.unknown_field, self.path, self.headers, self.staff, self.oauth,
        ]  # fmt: skip

    def said(
        self, secrets: list[str], query: str, given: Any, **more: Any
    ) -> tuple[list[str], str]:
        return secrets, self.live.ask(query, given, **more).text

    def bearer(self) -> tuple[list[str], str]:
        secret = token(self.rng)
        headers = {"Authorization": f"Bearer {secret}"}
        return self.said([secret], "{ viewer { id } }", {}, headers=headers)

    def cookie(self) -> tuple[list[str], str]:
        secret = token(self.rng)
        headers = {"Cookie": f"__Host-youhui={secret}; youhui={secret}"}
        return self.said([secret], "{ viewer { id } }", {}, headers=headers)

    def sign_in(self) -> tuple[list[str], str]:
        secret = openid(self.rng)
        return self.said([secret], SIGN_IN, {"code": secret})

    def sms(self) -> tuple[list[str], str]:
        secret = phone(self.rng)
        return self.said([secret], SMS, {"phone": secret})

    def sms_sign_in(self) -> tuple[list[str], str]:
        secrets = [phone(self.rng), code(self.rng)]
        return self.said(secrets, SMS_SIGN_IN, {"phone": secrets[0], "code": secrets[1]})

    def refresh(self) -> tuple[list[str], str]:
        secret = token(self.rng)
        return self.said([secret], REFRESH, {"token": secret})

    def redeem(self) -> tuple[list[str], str]:
        secret = code(self.rng)
        return self.said([secret], REDEEM, {"code": secret, "key": secret}, persona="regular")

    def place(self) -> tuple[list[str], str]:
        secret = token(self.rng)
        given = {"token": secret, "key": secret[-20:]}
        return self.said([secret], PLACE, given, persona="regular")

    def invoice(self) -> tuple[list[str], str]:
        secrets = [plate(self.rng), code(self.rng), email(self.rng)]
        given = dict(zip(("title", "tax", "email"), secrets, strict=True))
        return self.said(secrets, INVOICE, given, persona="regular")

    def landing(self) -> tuple[list[str], str]:
        secret = code(self.rng)
        return self.said([secret], LANDING, {"code": secret})

    def node(self) -> tuple[list[str], str]:
        secret = openid(self.rng)
        return self.said([secret], STATION, {"id": secret})

    def misfit(self) -> tuple[list[str], str]:
        """Values of the wrong type, deep and shallow."""
        secrets = [phone(self.rng), plate(self.rng)]
        given = {"near": {"latitude": secrets[0], "longitude": [secrets[1]]}, "first": secrets[0]}
        return self.said(secrets, NEAR, given)

    def unparsable(self) -> tuple[list[str], str]:
        secret = openid(self.rng)
        return self.said([secret], f'{{ node(id: "x" "{secret}" }}', {})

    def unknown_field(self) -> tuple[list[str], str]:
        """Literals of the wrong type in the document itself."""
        secret = phone(self.rng)
        return self.said(
            [secret], f'{{ stations(near: "{secret}", first: "{secret}") {{ edges }} }}', {}
        )

    def path(self) -> tuple[list[str], str]:
        secret = token(self.rng)
        return [secret], self.live.http.get(f"/{secret}", params={"phone": secret}).text

    def headers(self) -> tuple[list[str], str]:
        secrets = [phone(self.rng), openid(self.rng), code(self.rng)]
        names = ("Youhui-Channel", "Youhui-Device", "Youhui-Version")
        return self.said(secrets, "{ now }", {}, headers=dict(zip(names, secrets, strict=True)))

    def staff(self) -> tuple[list[str], str]:
        secrets = [code(self.rng), token(self.rng)]
        asked = {"account": secrets[0], "password": secrets[1], "code": "123456"}
        return secrets, self.live.http.post("/staff/sign-in", json=asked).text

    def oauth(self) -> tuple[list[str], str]:
        secrets = [token(self.rng), openid(self.rng)]
        asked = {"grant_type": "authorization_code", "code": secrets[0], "client_id": secrets[1]}
        return secrets, self.live.http.post("/oauth/token", data=asked).text


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as taking:
        yield taking


def test_no_secret_comes_out(seeded_database_url, redis_url, tmp_path, collector):
    rng = random.Random(SEED)
    settings = {
        "YOUHUI_OTLP_ENDPOINT": collector.url,
        "YOUHUI_TRACE_RATIO": "1",
        "YOUHUI_LIMITS_ENABLED": "0",
    }
    sent: list[str] = []
    with serving(seeded_database_url, redis_url, tmp_path, **settings) as live:
        doors = Doors(live, rng).all()
        while len(sent) < SECRETS:
            for door in doors:
                secrets, answer = door()
                sent += secrets
                for secret in secrets:
                    assert secret not in answer, (door.__name__, answer)
        told = live.http.get("/metrics").text
        assert "youhui_operations_total" in told
    traces = b"".join(collector.bodies).decode("utf-8", "replace")
    assert len(traces) > 100_000
    assert {
        "log": found_in(live.log.read_text(), sent),
        "figures": found_in(told, sent),
        "traces": found_in(traces, sent),
    } == {"log": [], "figures": [], "traces": []}


def found_in(text: str, secrets: list[str]) -> list[str]:
    """The secrets that a text holds. Looked up by how they begin: one pass for all of them."""
    by_beginning: dict[str, list[str]] = {}
    for secret in secrets:
        by_beginning.setdefault(secret[:SHORTEST], []).append(secret)
    return [
        secret
        for at in range(len(text) - SHORTEST + 1)
        for secret in by_beginning.get(text[at : at + SHORTEST], ())
        if text.startswith(secret, at)
    ]


def test_a_leak_would_be_found():
    assert found_in("… 京A12345, 13812345678.", ["13812345678", "京A12345", "13812345679"]) == [
        "京A12345",
        "13812345678",
    ]
