"""A whole purchase by the examples of docs/operations/purchase, with a real worker and the
simulator of payments: preview, order, payment, completion, partial refund, statement, claim."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from tests.e2e.live import OPERATIONS, Live, eventually, free_port, serving

STEPS = OPERATIONS / "purchase"
PERSONA = "regular"
QUICK = {
    "YOUHUI_DEMO": "1",
    "YOUHUI_FULFIL_AFTER_S": "0",
    "YOUHUI_COMPLETE_AFTER_S": "0",
    "YOUHUI_SWEEP_EVERY_S": "1",
}


@contextmanager
def beside(name: str, data_dir: Path, environment: dict[str, str]) -> Iterator[None]:
    with (data_dir / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()


@dataclass
class Shop:
    live: Live
    simulator: httpx2.Client
    token: str
    found: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    def request(self, step: str) -> dict[str, Any]:
        given = STEPS / f"{step}.json"
        variables = self._filled(orjson.loads(given.read_bytes())) if given.exists() else {}
        return {"query": (STEPS / f"{step}.graphql").read_text("utf-8"), "variables": variables}

    def take(self, step: str) -> Any:
        """The step's data; it holds no error and refuses nothing."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = self.live.http.post("/graphql", json=self.request(step), headers=headers).json()
        assert "errors" not in body, body
        for payload in body["data"].values():
            assert payload.get("userErrors", []) == []
        return body["data"]

    def order(self) -> Any:
        return self.take("4-order")["order"]

    def _filled(self, value: Any) -> Any:
        """As the GraphiQL page fills them."""
        if value == "$new":
            self.keys += 1
            return f"purchase-{self.keys}"
        if isinstance(value, dict):
            return {name: self._filled(part) for name, part in value.items()}
        return self.found.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def shop(seeded_copy_url, redis_url, tmp_path) -> Iterator[Shop]:
    port = free_port()
    environment = {
        **QUICK,
        "YOUHUI_DATABASE_URL": seeded_copy_url,
        "YOUHUI_REDIS_URL": redis_url,
        "YOUHUI_DATA_DIR": str(tmp_path),
        "YOUHUI_PAY_SIMULATOR_PORT": str(port),
    }
    with ExitStack() as stack:
        simulator = stack.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{port}"))
        stack.enter_context(beside("pay-simulator", tmp_path, environment))
        eventually(lambda: answers(simulator))
        live = stack.enter_context(serving(seeded_copy_url, redis_url, tmp_path, **environment))
        environment["YOUHUI_PORT"] = live.url.rpartition(":")[2]  # where notices of refunds go
        stack.enter_context(beside("worker", tmp_path, environment))
        yield Shop(live, simulator, live.token(PERSONA))


def answers(http: httpx2.Client) -> bool:
    try:
        return http.get("/").status_code == 200
    except httpx2.TransportError:
        return False


def statuses(shop: Shop) -> list[str]:
    """Of the order, as the subscription tells them to its end."""
    seen = []
    headers = {"Authorization": f"Bearer {shop.token}", "Accept": "text/event-stream"}
    request = shop.request("3-order-status")
    with shop.live.http.stream("POST", "/graphql", json=request, headers=headers) as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                seen.append(orjson.loads(line[6:])["data"]["orderStatus"]["status"])
                if len(seen) == 1:
                    pay(shop)
    return seen


def pay(shop: Shop) -> None:
    """By the button of the simulator's page."""
    page = shop.simulator.get("/").text
    action = page.split("action='")[1].split("'")[0]
    assert shop.simulator.post(action).status_code < 400


def test_a_whole_purchase(shop: Shop):
    preview = shop.take("1-preview")["checkoutPreview"]["preview"]
    shop.found["$quoteToken"] = preview["quote"]["token"]
    placed = shop.take("2-place-order")["placeOrder"]
    assert placed["order"]["status"] == "PLACED"
    assert placed["order"]["payable"] == preview["payable"]
    assert placed["payment"] is not None
    shop.found["$orderId"] = placed["order"]["id"]

    seen = statuses(shop)
    assert (seen[0], seen[-1]) == ("PLACED", "COMPLETED")
    order = shop.order()
    assert order["payable"] == preview["payable"]
    assert order["lines"][-1]["runningTotal"]["fen"] == order["payable"]["fen"]

    asked = shop.take("5-refund-part")["requestRefund"]["refund"]
    eventually(lambda: shop.order()["status"] == "PARTIALLY_REFUNDED")
    after = shop.order()
    assert after["refunded"]["fen"] == asked["amount"]["fen"] > 0
    assert after["refunds"][0]["status"] == "DONE"

    assert shop.take("6-statement")["viewer"]["points"] is not None
    assert shop.take("7-claim-offer")["claimOffer"]["coupon"] is not None
    newest = shop.take("8-orders")["viewer"]["orders"]["edges"][0]["node"]
    assert newest["id"] == shop.found["$orderId"]


def test_a_watched_order_s_stream_ends_with_its_process(shop: Shop):
    """It is told to end, not cut off: the client then asks another process."""
    preview = shop.take("1-preview")["checkoutPreview"]["preview"]
    shop.found["$quoteToken"] = preview["quote"]["token"]
    shop.found["$orderId"] = shop.take("2-place-order")["placeOrder"]["order"]["id"]
    headers = {"Authorization": f"Bearer {shop.token}", "Accept": "text/event-stream"}
    request = shop.request("3-order-status")
    events = []
    with shop.live.http.stream("POST", "/graphql", json=request, headers=headers) as response:
        for line in response.iter_lines():
            if line.startswith("event: "):
                events.append(line)
                if len(events) == 1:
                    shop.live.process.send_signal(signal.SIGTERM)
    assert events == ["event: next", "event: complete"]


def test_the_steps_are_all_listed():
    listed = orjson.loads((STEPS / "index.json").read_bytes())
    assert listed == sorted(path.stem for path in STEPS.glob("*.graphql"))
