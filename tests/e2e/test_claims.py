"""Claims against several real server processes: stock and keys hold across all of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.resolvers.keys import OfferKey
from app.schema import ids
from app.settings import without_driver
from tests.e2e.live import Live, serving

BATCH = "premium-98-20"
"""With a stock that the seed has given away to members: the test leaves three."""
PROCESSES = 4
CLAIM = """
mutation ($input: ClaimOfferInput!) {
  claimOffer(input: $input) {
    offer { claimState claimable remaining }
    coupon { id status order { id } }
    wallet { counts { status count } }
    userErrors { code advice path ... on LimitError { limit used } }
  }
}
"""


def claims(live: Live, token: str, key: str, batch: str = BATCH) -> Any:
    given = {"input": {"offerId": ids.encode(OfferKey(batch)), "idempotencyKey": key}}
    answer = live.http.post(
        "/graphql",
        json={"query": CLAIM, "variables": given},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]["claimOffer"]


@pytest.fixture
def several(seeded_copy_url, redis_url, tmp_path) -> Iterator[list[Live]]:
    """Four processes of one key over one database."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving(seeded_copy_url, redis_url, tmp_path))
            for _ in range(PROCESSES)
        ]


def with_stock_of(url: str, left: int) -> None:
    with psycopg.connect(without_driver(url)) as connection:
        connection.execute("DELETE FROM coupon WHERE batch_code = %s", (BATCH,))
        connection.execute("DELETE FROM promotion_counter WHERE code = %s", (BATCH,))
        connection.execute(
            "INSERT INTO promotion_counter (code, per, subject, period, period_start, uses)"
            " VALUES (%s, 'TOTAL', '', 'EVER', '1970-01-01', %s)",
            (BATCH, 20 - left),
        )


def rows_of(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(without_driver(url)) as connection:
        return connection.execute(query.encode(), (BATCH,)).fetchall()


def tokens_of(live: Live, count: int) -> list[str]:
    """Of as many members."""
    personas = live.http.get("/demo/personas").json()
    return [live.token(persona["name"]) for persona in personas[:count]]


def test_five_parallel_claims_on_a_stock_of_three_give_exactly_three(
    several: list[Live], seeded_copy_url: str
):
    with_stock_of(seeded_copy_url, left=3)
    tokens = tokens_of(several[0], 5)
    assert len(tokens) == 5
    with ThreadPoolExecutor(5) as pool:
        asked = [
            pool.submit(claims, several[n % PROCESSES], token, "first")
            for n, token in enumerate(tokens)
        ]
        answers = [each.result() for each in asked]
    given = [answer for answer in answers if answer["coupon"]]
    refused = [answer["userErrors"][0]["code"] for answer in answers if not answer["coupon"]]
    assert (len(given), refused) == (3, ["OUT_OF_STOCK"] * 2)
    issued = "SELECT sum(uses) FROM promotion_counter WHERE code = %s"
    assert rows_of(seeded_copy_url, issued) == [(20,)]
    held = "SELECT count(*) FROM coupon WHERE batch_code = %s"
    assert rows_of(seeded_copy_url, held) == [(3,)]


def test_one_member_with_one_key_at_every_process_has_one_coupon_and_one_answer(
    several: list[Live], seeded_copy_url: str
):
    with_stock_of(seeded_copy_url, left=3)
    token = tokens_of(several[0], 1)[0]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(claims, several[n % PROCESSES], token, "same") for n in range(8)]
        answers = [each.result() for each in asked]
    assert {answer["coupon"]["id"] for answer in answers} == {answers[0]["coupon"]["id"]}
    assert all(not answer["userErrors"] for answer in answers)
    assert answers[0]["offer"] == {"claimState": "CLAIMED", "claimable": False, "remaining": 2}
    held = "SELECT count(*) FROM coupon WHERE batch_code = %s"
    assert rows_of(seeded_copy_url, held) == [(1,)]
    again = claims(several[1], token, "other")
    assert again["userErrors"] == [
        {
            "code": "ALREADY_CLAIMED",
            "advice": "STOP",
            "path": ["offerId"],
            "limit": 1,
            "used": 1,
        }
    ]
    other = claims(several[2], token, "same", "full-200-8")
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_CONFLICT"]


REDEEM = """
mutation ($input: RedeemCodeInput!) {
  redeemCode(input: $input) {
    coupon { id kind title status }
    wallet { counts { status count } }
    userErrors { code path }
  }
}
"""


def test_a_code_made_by_the_command_is_redeemed_at_a_server(
    seeded_copy_url: str, redis_url: str, tmp_path: Path
):
    out = tmp_path / "codes.txt"
    with serving(seeded_copy_url, redis_url, tmp_path) as live:
        made = [sys.executable, "-m", "app.cli", "coupons", "codes", "exchange-5l-92"]
        environment = {"YOUHUI_DATABASE_URL": seeded_copy_url, "YOUHUI_DATA_DIR": str(tmp_path)}
        subprocess.run(
            [*made, "--count", "2", "--out", str(out)],
            env={**os.environ, **environment, "YOUHUI_REDIS_URL": ""},
            check=True,
        )
        with psycopg.connect(without_driver(seeded_copy_url)) as connection:
            connection.execute("DELETE FROM coupon WHERE batch_code = 'exchange-5l-92'")
        code = out.read_text().splitlines()[0].lower()
        names = [each["name"] for each in live.http.get("/demo/personas").json()]

        def redeemed(name: str, typed: str, key: str) -> Any:
            given = {"input": {"code": typed, "idempotencyKey": key}}
            return live.data(REDEEM, given, persona=name)["redeemCode"]

        first = redeemed(names[0], code, "a")
        assert first["userErrors"] == []
        assert (first["coupon"]["kind"], first["coupon"]["status"]) == ("EXCHANGE", "USABLE")
        assert redeemed(names[0], code, "a") == first
        assert redeemed(names[1], code, "b")["userErrors"] == [
            {"code": "ALREADY_CLAIMED", "path": ["code"]}
        ]
        assert redeemed(names[1], "7777-7777-7777", "c")["userErrors"] == [
            {"code": "CODE_UNKNOWN", "path": ["code"]}
        ]
        guest = live.data(REDEEM, {"input": {"code": code, "idempotencyKey": "d"}})["redeemCode"]
        assert guest["userErrors"] == [{"code": "SIGN_IN_REQUIRED", "path": None}]
        assert guest["wallet"] is None
