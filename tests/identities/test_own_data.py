"""Consent, a copy and erasure as clients ask for them."""

import json
from typing import Any

import pytest

from app.domain.audit.record import Actor, ActorKind
from app.resolvers.privacy import make_export
from tests.identities.site import PHONE, Site

PRIVACY = "policyVersion consentedVersion consentedAt exportUrl exportState erasureAt"
OWN = f"{{ viewer {{ privacy {{ {PRIVACY} }} }} }}"
ACTS = {
    name: f"mutation ($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{"
    f" privacy {{ {PRIVACY} }} userErrors {{ code path }} }} }}"
    for name in ("giveConsent", "requestExport", "requestErasure", "cancelErasure")
}


@pytest.fixture
def token(site: Site) -> str:
    site.send()
    return site.by_sms()["tokens"]["accessToken"]


def act(site: Site, token: str | None, name: str, **given: Any) -> Any:
    return site.ask(ACTS[name], {"i": given}, token)[name]


def test_consent_is_told_with_its_time(site: Site, token: str):
    before = site.ask(OWN, token=token)["viewer"]["privacy"]
    assert (before["policyVersion"], before["consentedVersion"]) == ("1", None)
    after = act(site, token, "giveConsent", policyVersion="1")["privacy"]
    assert after["consentedVersion"] == "1"
    assert after["consentedAt"] is not None
    refused = act(site, token, "giveConsent", policyVersion="0")
    assert refused["userErrors"] == [{"code": "INVALID_INPUT", "path": ["policyVersion"]}]


def test_a_copy_is_fetched_by_a_link_that_nobody_keeps(site: Site, token: str):
    asked = act(site, token, "requestExport", idempotencyKey="k")["privacy"]
    assert (asked["exportState"], asked["exportUrl"]) == ("REQUESTED", None)
    outside: Any = site.client.app.state.outside  # type: ignore[attr-defined]
    desk = outside.desk_of(Actor(kind=ActorKind.SYSTEM, name="tests"))
    assert site.client.portal is not None
    site.client.portal.call(make_export, desk, 1, 1)
    headers = {"Authorization": f"Bearer {token}"}
    answer = site.client.post("/graphql", json={"query": OWN}, headers=headers)
    assert "no-store" in answer.headers["cache-control"]
    privacy = answer.json()["data"]["viewer"]["privacy"]
    assert privacy["exportState"] == "READY"
    file = site.client.get(privacy["exportUrl"])
    assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["content-disposition"].startswith("attachment")
    assert json.loads(file.content)["phone"] == f"+86{PHONE}"


@pytest.mark.parametrize("word", ["x", "A" * 60, "%00", "a" * 2_000])
def test_a_forged_link_leads_nowhere(site: Site, word: str):
    answer = site.client.get(f"/privacy/exports/{word}")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_wish_to_be_forgotten_is_told_and_taken_back(site: Site, token: str):
    wished = act(site, token, "requestErasure", idempotencyKey="a")["privacy"]
    assert wished["erasureAt"] is not None
    again = act(site, token, "requestErasure", idempotencyKey="a")["privacy"]
    assert again["erasureAt"] == wished["erasureAt"]
    assert act(site, token, "cancelErasure", idempotencyKey="b")["privacy"]["erasureAt"] is None


@pytest.mark.parametrize("name", ACTS)
def test_guests_are_to_sign_in(site: Site, name: str):
    given = {"policyVersion": "1"} if name == "giveConsent" else {"idempotencyKey": "k"}
    refused = act(site, None, name, **given)
    assert [error["code"] for error in refused["userErrors"]] == ["SIGN_IN_REQUIRED"]
    assert refused["privacy"] is None
