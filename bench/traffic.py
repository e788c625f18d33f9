"""Server processes under questions, one client each: which publication each answer was computed
with, and how long the slowest took."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.e2e.live import Live

PATIENCE_S = 120.0
TITLE = "发布计时 "
PACE_S = 0.004
"""Between two requests of one process, so that its longest request tells of pauses, not queues."""
BEIJING = {"latitude": 39.9042, "longitude": 116.4074, "datum": "WGS84"}
PLACE = """query ($near: CoordinatesInput!) {
  stations(near: $near, radiusMeters: 50000, first: 1) { edges { node { id } } } }"""
PREVIEW = """query ($input: CheckoutPreviewInput!) { checkoutPreview(input: $input) {
  userErrors { code } preview { payable { fen } applied { label } } } }"""
CARD = """query ($station: ID!, $fill: FillInput!) { station(id: $station) {
  product(fuelGrade: GASOLINE_92) { effectivePrice(fill: $fill) {
    payable { fen } appliedOffers { label } } } } }"""


@dataclass(frozen=True)
class Question:
    """`round_of`: which publication an answer was computed with."""

    query: str
    variables: dict[str, Any]
    round_of: Callable[[Any], int]

    @property
    def body(self) -> str:
        return json.dumps({"query": self.query, "variables": self.variables})


@dataclass
class Busy:
    """One process under questions. `arrived`: seconds of the clock at which each publication was
    first seen; `slowest_s`: the longest a request took."""

    live: Live
    question: Question
    arrived: dict[int, float] = field(default_factory=dict)
    requests: int = 0
    failed: int = 0
    slowest_s: float = 0.0

    @contextmanager
    def kept(self) -> Iterator[None]:
        over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(self._ask, over)
            try:
                yield
            finally:
                over.set()
                asking.result()

    def _ask(self, over: threading.Event) -> None:
        body = self.question.body
        with closing(_connection(self.live)) as http:
            while not over.wait(PACE_S):
                began = time.monotonic()
                round_ = _asked(http, body, self.question)
                now = time.monotonic()
                self.requests += 1
                self.slowest_s = max(self.slowest_s, now - began)
                if round_ is None:
                    self.failed += 1
                else:
                    self.arrived.setdefault(round_, now)


def _connection(live: Live) -> HTTPConnection:
    return HTTPConnection(live.url.removeprefix("http://"), timeout=PATIENCE_S)


def _asked(http: HTTPConnection, body: str, question: Question) -> int | None:
    """The publication of an answer; None: the request failed."""
    try:
        http.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        return question.round_of(json.loads(http.getresponse().read())["data"])
    except (OSError, HTTPException, KeyError, TypeError, ValueError, IndexError):
        http.close()
        return None


def _round_of_preview(data: Any) -> int:
    return _told(data["checkoutPreview"]["preview"]["applied"])


def _round_of_card(data: Any) -> int:
    return _told(data["station"]["product"]["effectivePrice"]["appliedOffers"])


def _told(offers: Sequence[Any]) -> int:
    """The number in the title of the one promotion that applies everywhere."""
    (label,) = [offer["label"] for offer in offers if offer["label"].startswith(TITLE)]
    return int(label.removeprefix(TITLE))


def slowest_of(busy: Sequence[Busy], step: Callable[[], None]) -> float:
    """The longest request while the step is done."""
    for process in busy:
        process.slowest_s = 0.0
    step()
    return max(process.slowest_s for process in busy)


def question_of(live: Live, ask: str) -> Question:
    edges = live.data(PLACE, {"near": BEIJING})["stations"]["edges"]
    station, fill = edges[0]["node"]["id"], {"pumpAmountFen": 20_000}
    if ask == "card":
        return Question(CARD, {"station": station, "fill": fill}, _round_of_card)
    bought = {"stationId": station, "fuelGrade": "GASOLINE_92", "fill": fill}
    return Question(PREVIEW, {"input": bought}, _round_of_preview)
