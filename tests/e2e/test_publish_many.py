"""5,000 promotions published at once while four real processes answer previews."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.cli.servers import Databases, announcements_at
from app.documents.promotions import parse_promotion
from app.domain.promotions.promotion import Promotion
from app.storage.engine import make_engine
from app.storage.promotions import PostgresPromotionStore
from tests.e2e.live import eventually, serving
from tests.e2e.test_publish import page_variables, pause_all, traffic

MANY = 5_000
PROCESSES = 4
ROUNDS = 2
PATIENCE_S = 120.0
PAGE = """
query ($station: ID!, $first: CheckoutPreviewInput!, $second: CheckoutPreviewInput!) {
  first: checkoutPreview(input: $first) { ...Shown }
  station(id: $station) { product(fuelGrade: GASOLINE_92) {
    effectivePrice(fill: {pumpAmountFen: 20000}) { appliedOffers { label discount { fen } } } } }
  second: checkoutPreview(input: $second) { ...Shown }
}
fragment Shown on CheckoutPreviewPayload {
  userErrors { code }
  preview { quote { ruleVersion } pumpAmount { fen } payable { fen }
            applied { label discount { fen } } }
}
"""


def promotion(code: str, round_: int, **given: Any) -> Promotion:
    return parse_promotion(
        {
            "code": code,
            "title": {"zh": f"发布{code} {round_}"},
            "lane": "ACTIVITY",
            "benefit": {"kind": "AMOUNT_OFF", "off_fen": round_},
            **given,
        }
    )


def rules_of(round_: int) -> list[Promotion]:
    """Two that apply everywhere, and thousands that are targeted elsewhere: all change in a
    round, and all of one version tell the same round."""
    elsewhere = ([{"kind": "STATION", "stations": [f"e2e:{number}"]}] for number in range(MANY - 2))
    return [
        promotion("E2E-UNIT", round_, lane="UNIT_PRICE"),
        promotion("E2E-ACTIVITY", round_),
        *(promotion(f"E2E-{n}", round_, conditions=conditions)
          for n, conditions in enumerate(elsewhere)),
    ]  # fmt: skip


def publish(database_url: str, redis_url: str, round_: int) -> None:
    async def published() -> None:
        engine = make_engine(database_url, pool_size=1, statement_timeout_ms=60_000)
        announcements = announcements_at(Databases(database_url, redis_url))
        try:
            await PostgresPromotionStore(engine, announcements).publish(rules_of(round_), "e2e")
        finally:
            await engine.dispose()

    asyncio.run(published())


def test_thousands_published_under_traffic(
    seeded_copy_url: str, redis_url: str, tmp_path: Path
) -> None:
    """No request fails, none mixes two versions, and every process arrives."""
    pause_all(seeded_copy_url)
    publish(seeded_copy_url, redis_url, 1)
    with ExitStack() as stack:
        lives = [
            stack.enter_context(serving(seeded_copy_url, redis_url, tmp_path / f"process-{number}"))
            for number in range(PROCESSES)
        ]
        variables = page_variables(lives[0])
        seen = [stack.enter_context(traffic(live, variables, PAGE)) for live in lives]
        eventually(lambda: all(process.answers for process in seen), PATIENCE_S)
        for round_ in range(2, ROUNDS + 1):
            publish(seeded_copy_url, redis_url, round_)
            eventually(lambda at=round_: all(p.answers[-1][1] == at for p in seen), PATIENCE_S)
    versions = {version: round_ for process in seen for version, round_ in process.answers}
    assert sorted(versions.values()) == list(range(1, ROUNDS + 1)), "a version is one set of rules"
    for process in seen:
        served = [int(version) for version, _ in process.answers]
        assert served == sorted(served), "no process goes back to an older version"
        assert {round_ for _, round_ in process.answers} == set(range(1, ROUNDS + 1))
