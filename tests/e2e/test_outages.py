"""Redis or PostgreSQL gone: what still answers, how the rest fails, and the way back."""

import pytest

from tests.e2e.cuttable import Cuttable, before_database
from tests.e2e.live import document, eventually, serving, variables

SHOWN = ("stations", "wallet", "checkout-preview", "station", "offers")


def figures(data):
    """An answer without what belongs to its moment: instants, ids and tokens of quotes, and the
    statistics of the search."""
    if isinstance(data, dict):
        passing = {"quote", "now", "combinationsConsidered", "availableFrom", "validFrom"}
        return {key: figures(part) for key, part in data.items() if key not in passing}
    if isinstance(data, list):
        return [figures(part) for part in data]
    return data


def answers(live):
    return {name: figures(live.operation(name, "regular")) for name in SHOWN}


def codes(body):
    return {error["extensions"]["code"] for error in body.get("errors", [])}


def check_preview_without_database(live):
    """Priced as far as the process knows by itself, and it says that the viewer's own offers are
    missing; what it shows still adds up."""
    given = variables("checkout-preview")
    shown = live.operation("checkout-preview", "regular", **given)["checkoutPreview"]["preview"]
    assert "OFFERS_UNAVAILABLE" in {warning["code"] for warning in shown["warnings"]}
    assert sum(line["amount"]["fen"] for line in shown["lines"]) == shown["payable"]["fen"]


@pytest.fixture
def redis_relay(redis_url):
    address, _, _ = redis_url.removeprefix("redis://").partition("/")
    if redis_url.startswith("unix://"):
        relay = Cuttable(redis_url.removeprefix("unix://").partition("?")[0])
    else:
        host, _, port = address.rpartition("@")[2].partition(":")
        relay = Cuttable((host, int(port or 6379)))
    relay.mend()
    return relay


def test_with_redis_gone_the_same_answers(seeded_database_url, redis_relay, tmp_path):
    url = f"redis://127.0.0.1:{redis_relay.port}/0"
    with serving(seeded_database_url, url, tmp_path) as live:
        assert live.http.get("/health/ready").json()["status"] == "ok"
        before = answers(live)
        redis_relay.cut()
        assert answers(live) == before
        ready = live.http.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json()["degraded"] == ["redis"]
        redis_relay.mend()
        eventually(lambda: live.http.get("/health/ready").json()["status"] == "ok")
        assert answers(live) == before


def test_without_redis_from_the_start_the_same_answers(live, seeded_database_url, tmp_path):
    with serving(seeded_database_url, None, tmp_path) as alone:
        assert answers(alone) == answers(live)
        assert alone.http.get("/health/ready").json()["checks"] == {"postgresql": "ok"}


def test_with_postgresql_gone_typed_errors_and_then_recovery(
    seeded_database_url, redis_url, tmp_path
):
    relay, through = before_database(seeded_database_url)
    with serving(through, redis_url, tmp_path) as live:
        before = answers(live)
        relay.cut()
        guest = live.ask(document("offers"), variables("offers"))
        assert "errors" not in guest.json()
        shown = live.ask(document("stations"), variables("stations")).json()
        assert "errors" not in shown
        for name in ("wallet", "points-and-preferences", "stations"):
            answer = live.ask(document(name), variables(name), persona="regular")
            assert answer.status_code == 200
            assert codes(answer.json()) == {"UNAVAILABLE"}, name
            assert answer.headers["cache-control"] == "private, no-store"
        check_preview_without_database(live)
        ready = live.http.get("/health/ready")
        assert (ready.status_code, ready.json()["degraded"]) == (200, ["postgresql"])
        relay.mend()
        eventually(lambda: live.http.get("/health/ready").json()["status"] == "ok")
        assert answers(live) == before
