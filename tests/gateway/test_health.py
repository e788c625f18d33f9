"""Liveness and readiness."""

import asyncio

from starlette.testclient import TestClient

from tests.gateway.support import FakeCatalogs


async def up():
    return "PONG"


async def down():
    raise ConnectionError("secret address")


async def hangs():
    await asyncio.sleep(60)


def test_alive(client):
    assert client.get("/health/live").json() == {"status": "ok"}


def test_ready_names_the_catalog_version(edge):
    edge.probes = {"postgresql": up, "redis": up}
    response = TestClient(edge.app()).get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "catalog": 17,
        "degraded": [],
        "checks": {"postgresql": "ok", "redis": "ok"},
    }


def test_without_redis_or_database_still_ready_and_says_what_is_degraded(edge):
    edge.probes = {"postgresql": down, "redis": down}
    response = TestClient(edge.app()).get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["degraded"] == ["postgresql", "redis"]
    assert "secret" not in response.text


def test_a_side_that_hangs_counts_as_down(edge, monkeypatch):
    monkeypatch.setattr("app.gateway.health.PROBE_TIMEOUT_S", 0.01)
    edge.probes = {"postgresql": up, "redis": hangs}
    response = TestClient(edge.app()).get("/health/ready")
    assert response.json()["checks"] == {"postgresql": "ok", "redis": "down (TimeoutError)"}


def test_not_ready_before_a_catalog_is_loaded(edge):
    edge.catalogs = FakeCatalogs(None)
    client = TestClient(edge.app())
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_started_once_a_catalog_is_loaded(edge):
    assert TestClient(edge.app()).get("/health/startup").json() == {"status": "ok"}
    edge.catalogs = FakeCatalogs(None)
    assert TestClient(edge.app()).get("/health/startup").status_code == 503
