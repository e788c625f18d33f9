"""Ready-made curl commands for the demo: stations, the wallet, a checkout preview."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import orjson
from graphql import strip_ignored_characters

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations"
"""The example operations: a document `name.graphql`, and its variables in `name.json`."""

PERSONA = "regular"
_SHOWN = (
    ("stations", "附近加油站，按到手价排序 · stations nearby, cheapest for you first"),
    ("wallet", "我的券包 · the coupon wallet"),
    ("checkout-preview", "结算预览，精确到分 · checkout preview, right to the fen"),
)

_BOUGHT = "下单：预览的报价成为订单，再到支付模拟器付款 · place an order, then pay at the simulator"


@dataclass(frozen=True, slots=True)
class Curl:
    title: str
    command: str


def demo_curls(base_url: str, persona: str = PERSONA) -> tuple[Curl, ...]:
    """One self-contained shell command for each: it fetches the persona's token by itself.

    `base_url` without a slash at its end, e.g. http://127.0.0.1:8000.
    """
    looks = tuple(Curl(title, _command(base_url, persona, name)) for name, title in _SHOWN)
    return (*looks, Curl(_BOUGHT, _purchase(base_url, persona)))


def _command(base_url: str, persona: str, name: str) -> str:
    return _asked(base_url, _token(base_url, persona), shlex.quote(_body(name)))


def _purchase(base_url: str, persona: str) -> str:
    """A preview, whose quote then becomes an order under a key that is new each time."""
    preview = _asked(base_url, "$T", shlex.quote(_body("purchase/1-preview")))
    order = shlex.quote(_body("purchase/2-place-order"))
    for stands_for, value in (("$quoteToken", "$Q"), ("$new", "$(date +%s)")):
        order = order.replace(stands_for, f"""'"{value}"'""")
    return (
        f"T={_token(base_url, persona)}; "
        f"""Q=$({preview} | grep -o '"token":"[^"]*' | cut -d '"' -f 4); """
        f"{_asked(base_url, '$T', order)}"
    )


def _token(base_url: str, persona: str) -> str:
    wanted = shlex.quote(orjson.dumps({"persona": persona}).decode())
    return f"""$(curl -s {base_url}/demo/token -d {wanted} | cut -d '"' -f 4)"""


def _asked(base_url: str, token: str, body: str) -> str:
    return (
        f"curl -s {base_url}/graphql -H 'Content-Type: application/json'"
        f' -H "Authorization: Bearer {token}" -d {body}'
    )


def _body(name: str) -> str:
    document = (OPERATIONS / f"{name}.graphql").read_text("utf-8")
    variables = OPERATIONS / f"{name}.json"
    body: dict[str, object] = {"query": strip_ignored_characters(document)}
    if variables.exists():
        body["variables"] = orjson.loads(variables.read_bytes())
    return orjson.dumps(body).decode()
