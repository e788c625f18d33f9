"""Publishing under traffic: several real processes, no restart, no request that fails or mixes."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from app.cli.promotions import promotions
from app.storage.engine import make_engine
from app.storage.promotions import PostgresPromotionStore
from tests.e2e.live import Live, eventually, serving

BEIJING = {"latitude": 39.9042, "longitude": 116.4074, "datum": "WGS84"}
ROUNDS = 5
PLACE = """query ($near: CoordinatesInput!) {
  stations(near: $near, radiusMeters: 50000, first: 1) { edges { node { id } } } }"""
PAGE = """
query ($station: ID!, $first: CheckoutPreviewInput!, $second: CheckoutPreviewInput!) {
  first: checkoutPreview(input: $first) { ...Shown }
  station(id: $station) { product(fuelGrade: GASOLINE_92) {
    effectivePrice(fill: {pumpAmountFen: 20000}) { appliedOffers { label discount { fen } } } } }
  second: checkoutPreview(input: $second) { ...Shown }
  offers(first: 100) { edges { node { title } } }
}
fragment Shown on CheckoutPreviewPayload {
  userErrors { code }
  preview { quote { ruleVersion } pumpAmount { fen } payable { fen }
            applied { label discount { fen } } notApplied { label } }
}
"""
PAIR = """
promotions:
  - code: E2E-UNIT
    title: {{zh: 发布单价 {round}}}
    lane: UNIT_PRICE
    benefit: {{kind: AMOUNT_OFF, off_fen: {round}}}
  - code: E2E-ACTIVITY
    title: {{zh: 发布活动 {round}}}
    lane: ACTIVITY
    benefit: {{kind: AMOUNT_OFF, off_fen: {round}}}
"""


@dataclass
class Seen:
    """What one process answered: (rule version, round) of each answer, in order."""

    answers: list[tuple[str, int]] = field(default_factory=list)


def judge(body: Any) -> tuple[str, int]:
    """The one version and round that every part of an answer was computed with: of two previews,
    of a card, and of the list of offers, where it was asked for."""
    assert "errors" not in body, body
    shown = body["data"]
    previews = [shown["first"], shown["second"]]
    assert [preview["userErrors"] for preview in previews] == [[], []]
    applied = [preview["preview"]["applied"] for preview in previews]
    applied.append(shown["station"]["product"]["effectivePrice"]["appliedOffers"])
    labels = [offer["label"] for offers in applied for offer in offers]
    assert len(labels) == 6, "two offers each in two previews and a card"
    if "offers" in shown:
        titles = [edge["node"]["title"] for edge in shown["offers"]["edges"]]
        labels += [title for title in titles if title.startswith("发布")]
        assert len(labels) == 8, "and two in the list of offers"
    rounds = {int(label.split(" ")[1]) for label in labels}
    versions = {preview["preview"]["quote"]["ruleVersion"] for preview in previews}
    assert len(rounds) == len(versions) == 1, f"mixed: {labels} of {versions}"
    (round_,), (version,) = rounds, versions
    for offers in applied:
        assert [offer["discount"]["fen"] for offer in offers] == [round_, round_]
    for preview in previews:
        figures = preview["preview"]
        assert figures["payable"]["fen"] == figures["pumpAmount"]["fen"] - 2 * round_
    return version, round_


@contextmanager
def traffic(live: Live, variables: dict[str, Any], page: str = PAGE) -> Iterator[Seen]:
    """Asks the process for the page again and again until the block ends; an answer that is wrong
    fails the block."""
    seen, over = Seen(), threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=live.url, timeout=30) as http:
            while not over.is_set():
                answer = http.post("/graphql", json={"query": page, "variables": variables})
                assert answer.status_code == 200, answer.text
                seen.answers.append(judge(answer.json()))

    with ThreadPoolExecutor(1) as pool:
        asking: Future[None] = pool.submit(ask)
        try:
            yield seen
        finally:
            over.set()
            asking.result(timeout=60)


def page_variables(live: Live) -> dict[str, Any]:
    edges = live.data(PLACE, {"near": BEIJING})["stations"]["edges"]
    station = edges[0]["node"]["id"]
    bought = {"stationId": station, "fuelGrade": "GASOLINE_92"}
    return {
        "station": station,
        "first": {**bought, "fill": {"pumpAmountFen": 20_000}},
        "second": {**bought, "fill": {"litres": "31.5"}},
    }


def pause_all(database_url: str) -> None:
    """Only what the test publishes shall apply."""

    async def paused() -> None:
        engine = make_engine(database_url)
        try:
            store = PostgresPromotionStore(engine)
            live = await store.live()
            known = [held.promotion for held in live.values() if held.promotion is not None]
            await store.publish([replace(p, paused=True) for p in known], "test")
        finally:
            await engine.dispose()

    asyncio.run(paused())


@pytest.fixture
def publish(
    seeded_copy_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Publishes the pair of a round by `youhui promotions publish`."""
    monkeypatch.setenv("YOUHUI_DATABASE_URL", seeded_copy_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", redis_url)

    def published(round_: int) -> None:
        file = tmp_path / f"round-{round_}.yaml"
        file.write_text(PAIR.format(round=round_), encoding="utf-8")
        result = CliRunner().invoke(promotions, ["publish", str(file), "--demo", "--by", "e2e"])
        assert result.exit_code == 0, result.output

    return published


def test_every_process_arrives_and_no_request_fails_or_mixes(
    seeded_copy_url: str, redis_url: str, tmp_path: Path, publish: Callable[[int], None]
) -> None:
    """Two processes hear of it through Redis; the third has none and finds it by polling."""
    pause_all(seeded_copy_url)
    publish(1)
    with ExitStack() as stack:
        lives = [
            stack.enter_context(serving(seeded_copy_url, redis, tmp_path / f"process-{number}"))
            for number, redis in enumerate((redis_url, redis_url, None))
        ]
        variables = page_variables(lives[0])
        seen = [stack.enter_context(traffic(live, variables)) for live in lives]
        eventually(lambda: all(process.answers for process in seen))
        for round_ in range(2, ROUNDS + 1):
            publish(round_)
            eventually(lambda at=round_: all(p.answers[-1][1] == at for p in seen))
        counts = [len(process.answers) for process in seen]
        eventually(lambda: all(len(p.answers) > n + 3 for p, n in zip(seen, counts, strict=True)))
    versions = {version: round_ for process in seen for version, round_ in process.answers}
    assert sorted(versions.values()) == list(range(1, ROUNDS + 1)), "a version is one set of rules"
    for process in seen:
        served = [int(version) for version, _ in process.answers]
        assert served == sorted(served), "no process goes back to an older version"
        assert {round_ for _, round_ in process.answers} == set(range(1, ROUNDS + 1))
    assert all((v, r) in versions.items() for p in seen for v, r in p.answers)


def test_an_answer_of_two_versions_would_be_seen() -> None:
    def preview(version: str, round_: int) -> dict[str, Any]:
        applied = [{"label": f"发布{name} {round_}", "discount": {"fen": round_}} for name in "ab"]
        figures = {"pumpAmount": {"fen": 100}, "payable": {"fen": 100 - 2 * round_}}
        shown = {"quote": {"ruleVersion": version}, "applied": applied, **figures}
        return {"userErrors": [], "preview": shown}

    def answer(second: dict[str, Any], listed: int = 7) -> dict[str, Any]:
        first = preview("4", 7)
        card = {"effectivePrice": {"appliedOffers": first["preview"]["applied"]}}
        offers = {"edges": [{"node": {"title": f"发布{name} {listed}"}} for name in "ab"]}
        return {"data": {"first": first, "second": second, "offers": offers,
                         "station": {"product": card}}}  # fmt: skip

    assert judge(answer(preview("4", 7))) == ("4", 7)
    for mixed in (answer(preview("5", 7)), answer(preview("4", 8)), answer(preview("4", 7), 8)):
        with pytest.raises(AssertionError, match="mixed"):
            judge(mixed)
