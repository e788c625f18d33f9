"""One budget, many members, several processes: exactly what there is, and not one use more."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from click.testing import CliRunner

from app.cli.promotions import promotions
from app.security.access_tokens import AccessTokens
from app.security.keys import KEY_FILE, SigningKeys
from app.settings import without_driver
from app.storage.engine import make_engine
from tests.e2e.live import serving
from tests.e2e.test_publish import BEIJING, PLACE, pause_all
from tests.support import rows

PROCESSES, MEMBERS, BUDGET = 4, 200, 50
FIRST_MEMBER = 900_000
TRIES = 20
OFF_FEN, PUMP_FEN = 1_000, 20_000
HOT = f"""
promotions:
  - code: E2E-HOT
    title: {{zh: 限量立减}}
    lane: ACTIVITY
    benefit: {{kind: AMOUNT_OFF, off_fen: {OFF_FEN}}}
    budget_fen: {BUDGET * OFF_FEN}
    refuse_partial: true
"""
PREVIEW = """query ($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    userErrors { code } preview { quote { token } payable { fen } discountTotal { fen } } } }"""
PLACEMENT = """mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    userErrors { code advice } order { id payable { fen } discountTotal { fen } }
    fresh { payable { fen } discountTotal { fen } quote { token } } } }"""


@dataclass(frozen=True)
class Buyer:
    """A member, and the process that they ask next."""

    user_id: int
    bearer: str

    async def ask(
        self, http: httpx2.AsyncClient, url: str, query: str, given: Mapping[str, Any]
    ) -> Any:
        """A busy database is asked again with the same key, as clients do."""
        body: Any = None
        for _ in range(TRIES):
            answer = await http.post(
                f"{url}/graphql",
                json={"query": query, "variables": {"input": given}},
                headers={"Authorization": f"Bearer {self.bearer}"},
            )
            body = answer.json()
            if "errors" not in body:
                return next(iter(body["data"].values()))
        raise AssertionError(body)


@pytest.fixture
def hot_database(
    seeded_copy_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Nothing but the hot promotion applies; so many members more."""
    monkeypatch.setenv("YOUHUI_DATABASE_URL", seeded_copy_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", redis_url)
    pause_all(seeded_copy_url)
    file = tmp_path / "hot.yaml"
    file.write_text(HOT, encoding="utf-8")
    published = CliRunner().invoke(promotions, ["publish", str(file), "--demo", "--by", "e2e"])
    assert published.exit_code == 0, published.output
    asyncio.run(put_members(seeded_copy_url))
    return seeded_copy_url


async def put_members(url: str) -> None:
    engine = make_engine(url)
    for number in range(MEMBERS):
        await rows.put_member(engine, FIRST_MEMBER + number)
    await engine.dispose()


async def buy(buyers: Sequence[Buyer], urls: Sequence[str], station: str) -> list[Any]:
    """Everyone has a quote first; then all place at once, each at another process than quoted."""
    limits = httpx2.Limits(max_connections=MEMBERS)
    async with httpx2.AsyncClient(timeout=150, limits=limits) as http:
        bought = {
            "stationId": station,
            "fuelGrade": "GASOLINE_92",
            "fill": {"pumpAmountFen": PUMP_FEN},
            "paymentMethod": "WECHAT_PAY",
        }
        previews = await asyncio.gather(
            *(
                buyer.ask(http, urls[number % PROCESSES], PREVIEW, bought)
                for number, buyer in enumerate(buyers)
            )
        )
        quotes = [answer["preview"] for answer in previews]
        assert {quote["discountTotal"]["fen"] for quote in quotes} == {OFF_FEN}
        return await asyncio.gather(
            *(
                buyer.ask(
                    http,
                    urls[(number + 1) % PROCESSES],
                    PLACEMENT,
                    {"quoteToken": quote["quote"]["token"], "idempotencyKey": f"hot-{number}"},
                )
                for number, (buyer, quote) in enumerate(zip(buyers, quotes, strict=True))
            )
        )


def test_two_hundred_at_once_on_a_budget_for_fifty(
    hot_database: str, redis_url: str, tmp_path: Path
) -> None:
    """The others are refused with a code and a fresh quote, and hold nothing."""
    keys = SigningKeys.kept_under(tmp_path / "keys")
    pem = (tmp_path / "keys" / KEY_FILE).read_text("ascii")
    tokens, now = AccessTokens(keys), datetime.now(UTC)
    buyers = [
        Buyer(user_id, tokens.issue(user_id, now))
        for user_id in range(FIRST_MEMBER, FIRST_MEMBER + MEMBERS)
    ]
    with ExitStack() as stack:
        lives = [
            stack.enter_context(
                serving(
                    hot_database,
                    redis_url,
                    tmp_path / f"process-{number}",
                    YOUHUI_SIGNING_KEY=pem,
                )
            )
            for number in range(PROCESSES)
        ]
        station = lives[0].data(PLACE, {"near": BEIJING})["stations"]["edges"][0]["node"]["id"]
        answers = asyncio.run(buy(buyers, [live.url for live in lives], station))
    logs = "".join(live.log.read_text("utf-8") for live in lives)
    assert "deadlock" not in logs
    placed = [answer for answer in answers if answer["order"] is not None]
    refused = [answer for answer in answers if answer["order"] is None]
    assert len(placed) == BUDGET
    assert {answer["order"]["discountTotal"]["fen"] for answer in placed} == {OFF_FEN}
    told = Counter((e["code"], e["advice"]) for answer in refused for e in answer["userErrors"])
    assert told == {("BUDGET_EXHAUSTED", "REQUOTE"): MEMBERS - BUDGET}
    assert all(answer["fresh"]["quote"]["token"] for answer in refused)
    with psycopg.connect(without_driver(hot_database)) as database:
        counted = "SELECT sum(uses), sum(fen) FROM promotion_counter WHERE code = 'E2E-HOT'"
        assert database.execute(counted).fetchone() == (BUDGET, BUDGET * OFF_FEN)
        whose = FIRST_MEMBER, FIRST_MEMBER + MEMBERS - 1
        held = "SELECT count(*), sum(discount_fen) FROM fuel_order WHERE user_id BETWEEN %s AND %s"
        assert database.execute(held, whose).fetchone() == (BUDGET, BUDGET * OFF_FEN)
