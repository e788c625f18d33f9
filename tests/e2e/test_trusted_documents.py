"""A server in trusted mode runs what each client's manifest holds, by hash alone, and nothing else;
in open mode any process knows what was registered with another."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.gateway.trusted.manifest import Manifest
from app.gateway.trusted.shelf import MANIFESTS, Shelf
from app.ports.contract_usage import UsedDocument, Uses
from app.storage.contract_usage import PostgresContractUsageRepository
from app.storage.engine import make_engine
from tests.e2e.live import Live, free_port, serving, variables

STATION = variables("checkout-preview")["input"]["stationId"]
NEAR = variables("stations")["near"]
GRADE = "GASOLINE_92"
CHECKOUT = {"input": variables("checkout-preview")["input"]}


def keyed(**more: Any) -> dict[str, Any]:
    return {"input": {"idempotencyKey": "trusted-1"} | more}


def asked(order: str, quote: str) -> dict[str, dict[str, Any]]:
    """What each operation is asked with: all operations of every channel stand here."""
    return {
        "NearbyStations": {"near": NEAR, "fuelGrade": GRADE},
        "StationsInRegion": {
            "filter": variables("stations-in-region")["filter"],
            "fuelGrade": GRADE,
        },
        "StationFacets": {},
        "Regions": {"text": "北"},
        "Station": {"id": STATION, "fuelGrade": GRADE},
        "Offers": {},
        "MyOffers": {},
        "Wallet": {},
        "Me": {},
        "Preferences": {},
        "Points": {},
        "FuelCredit": {},
        "Referral": {},
        "ReferralLanding": {"code": "AAAAAAAA"},
        "CheckoutPreview": CHECKOUT,
        "CheckoutQuote": CHECKOUT,
        "PlaceOrder": keyed(quoteToken=quote, paymentScene="MINI_PROGRAM", confirmDuplicate=True),
        "Orders": {},
        "Order": {"id": order},
        "OrderProgress": {"id": order},
        "OrderStatus": {"orderId": order},
        "StartPayment": keyed(orderId=order, paymentScene="MINI_PROGRAM"),
        "RequestRefund": keyed(orderId=order, reason="少加了"),
        "RequestInvoice": keyed(orderId=order, title="个人"),
        "CancelOrder": keyed(orderId=order),
        "ClaimOffer": keyed(offerId="MW9mdWxsLTMwMC0xMg"),
        "RedeemCode": keyed(code="ABCD-EFGH-JKLM"),
        "UpdatePreferences": {"input": {"theme": "DARK"}},
        "SetFavourite": {"input": {"stationId": STATION, "favourite": True}},
        "Privacy": {},
        "GiveConsent": {"input": {"policyVersion": "1"}},
        "RequestExport": keyed(),
        "RequestErasure": keyed(),
        "CancelErasure": keyed(),
        "SendSmsCode": {"input": {"phone": "13800138000"}},
        "SignIn": {"input": {"sms": {"phone": "13800138000", "code": "000000"}}},
        "BindPhone": {"input": {"sms": {"phone": "13800138000", "code": "000000"}}},
        "RefreshSession": {"input": {"refreshToken": "1.none"}},
        "Sessions": {},
        "SignOut": {"input": {}},
        "BindReferral": keyed(code="AAAAAAAA"),
    }


def manifests() -> list[Manifest]:
    return list(Shelf.kept_in(MANIFESTS).manifests)


@pytest.fixture(scope="module")
def trusted(seeded_database_url: str, tmp_path_factory) -> Iterator[Live]:
    """Nothing that it writes is looked at by other tests of the shared database."""
    folder = tmp_path_factory.mktemp("trusted")
    with serving(seeded_database_url, None, folder, YOUHUI_DOCUMENTS="trusted") as live:
        yield live


def by_hash(
    live: Live, manifest: Manifest, name: str, given: dict[str, Any], persona: str | None
) -> dict[str, Any]:
    """Of a subscription: the first answer."""
    (sha256,) = (s for s, d in manifest.documents.items() if d.name == name)
    events = manifest.documents[sha256].text.startswith("subscription")
    headers = live.headers(
        persona,
        **{"Youhui-Channel": manifest.channel, "Youhui-Version": str(manifest.version)},
        Accept="text/event-stream" if events else "application/json",
    )
    body = {"documentId": f"sha256:{sha256}", "variables": given}
    with live.http.stream("POST", "/graphql", json=body, headers=headers) as answer:
        if not events:
            return orjson.loads(answer.read())
        lines = answer.iter_lines()
        return orjson.loads(next(line for line in lines if line.startswith("data: "))[6:])


def test_only_documents_of_manifests_are_run(trusted: Live):
    refused = trusted.ask("{ now }").json()["errors"]
    assert refused[0]["extensions"]["code"] == "UNTRUSTED_DOCUMENT"
    introspection = trusted.ask("{ __schema { types { name } } }").json()["errors"]
    assert introspection[0]["extensions"]["code"] == "UNTRUSTED_DOCUMENT"


def placed(live: Live, manifest: Manifest) -> tuple[str, str]:
    """An order, and the quote that it was placed by."""
    preview = by_hash(live, manifest, "CheckoutQuote", CHECKOUT, "regular")
    quote = preview["data"]["checkoutPreview"]["preview"]["quote"]["token"]
    key = {"idempotencyKey": "trusted-order-1"}
    given = asked("", quote)["PlaceOrder"]["input"] | key
    answer = by_hash(live, manifest, "PlaceOrder", {"input": given}, "regular")
    payload = answer["data"]["placeOrder"]
    assert payload["userErrors"] == [], answer
    return payload["order"]["id"], quote


@pytest.mark.parametrize("manifest", manifests(), ids=lambda m: f"{m.channel}-{m.version}")
def test_every_operation_of_every_manifest_runs(seeded_copy_url: str, tmp_path, manifest):
    with serving(seeded_copy_url, None, tmp_path, YOUHUI_DOCUMENTS="trusted") as live:
        given = asked(*placed(live, manifest))
        names = {document.name for document in manifest.documents.values()}
        assert names <= set(given)
        for name in given:
            if name in names and name not in {"CheckoutQuote", "PlaceOrder", "OrderStatus"}:
                body = by_hash(live, manifest, name, given[name], "regular")
                assert "errors" not in body, (name, body)
                if name != "ReferralLanding":
                    assert all(value is not None for value in body["data"].values()), name
        if "OrderStatus" in names:
            body = by_hash(live, manifest, "OrderStatus", given["OrderStatus"], "regular")
            assert body["data"]["orderStatus"]["id"] == given["Order"]["id"]
        live.process.terminate()
        live.process.wait(30)
    uses = asyncio.run(last_used(seeded_copy_url))
    version = str(manifest.version)
    assert {used.operation for used in uses} == names
    assert {(used.channel, used.version) for used in uses} == {(manifest.channel, version)}
    assert {used.operation: count.count for used, count in uses.items()} == dict.fromkeys(names, 1)


async def last_used(url: str) -> dict[UsedDocument, Uses]:
    engine = make_engine(url)
    try:
        return dict(await PostgresContractUsageRepository(engine).last_used())
    finally:
        await engine.dispose()


def test_what_one_process_was_told_another_runs(seeded_database_url, redis_url, tmp_path):
    text = "query Mine { now }"
    named = {
        "extensions": {
            "persistedQuery": {
                "version": 1,
                "sha256Hash": hashlib.sha256(text.encode()).hexdigest(),
            }
        }
    }
    with (
        serving(seeded_database_url, redis_url, tmp_path / "one") as one,
        serving(seeded_database_url, redis_url, tmp_path / "other") as other,
    ):
        unknown = other.http.post("/graphql", json=named).json()["errors"][0]
        assert unknown["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        assert one.http.post("/graphql", json=named | {"query": text}).json()["data"]["now"]
        assert other.http.post("/graphql", json=named).json()["data"]["now"]


def test_a_server_that_could_run_nothing_does_not_start(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(free_port())],
        env={
            "PATH": "/usr/bin:/bin",
            "YOUHUI_DATABASE_URL": "postgresql://127.0.0.1:1/none",
            "YOUHUI_DATA_DIR": str(tmp_path),
            "YOUHUI_MANIFESTS_DIR": str(tmp_path / "none"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "no manifest" in done.stderr
    assert "YOUHUI_DOCUMENTS=open" in done.stderr
