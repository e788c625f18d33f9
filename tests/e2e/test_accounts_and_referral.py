"""Points, fuel credit and referral as a client asks them, against a real server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.live import Live, serving

ACCOUNTS = """
query ($after: String) {
  viewer {
    points {
      available pending owed expiringSoon expiringAt
      statement(first: 1, after: $after) {
        edges { cursor node { id kind label at pending points pointsAfter money { fen } order { id } } }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }
    fuelCredit { available { fen } pending { fen } owed { fen } expiringSoon { fen } expiringAt
      statement { edges { node { id } } } }
  }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on StatementEntry { kind pointsAfter } } }"
REFERRAL = """
{ viewer { referral {
  code url miniProgramPath rules invited rewarded cap earned { kind label }
  invitees { edges { cursor node { nicknameMasked state boundAt reward { label } } } pageInfo { hasNextPage } }
} } }
"""
LANDING = """
query ($code: String!) { referralLanding(code: $code) {
  code referrerMasked title rules rewards { kind label money { fen } } open
} }
"""
BIND = """
mutation ($input: BindReferralInput!) { bindReferral(input: $input) {
  landing { code referrerMasked open } userErrors { code message path advice }
} }
"""


@pytest.fixture
def live(seeded_copy_url, redis_url, tmp_path) -> Iterator[Live]:
    with serving(seeded_copy_url, redis_url, tmp_path) as live:
        yield live


def ask(live: Live, document: str, persona: str | None = None, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {live.token(persona)}"} if persona else {}
    given = {"query": document, "variables": variables}
    answer = live.http.post("/graphql", json=given, headers=headers)
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


def test_a_statement_goes_on_page_by_page_and_its_entries_have_ids(live: Live):
    found: list[dict[str, Any]] = []
    after = None
    while True:
        account = ask(live, ACCOUNTS, "gold-member", after=after)["viewer"]["points"]
        page = account["statement"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert account["available"] == 8_640
    assert sum(entry["points"] for entry in found if not entry["pending"]) == 8_640
    assert found[0]["pointsAfter"] == 8_640
    entry = ask(live, NODE, "gold-member", id=found[0]["id"])["node"]
    assert (entry["id"], entry["pointsAfter"]) == (found[0]["id"], 8_640)
    assert ask(live, NODE, "regular", id=found[0]["id"])["node"] is None
    assert ask(live, NODE, id=found[0]["id"])["node"] is None


def test_a_friend_comes_by_a_shared_code(live: Live):
    own = ask(live, REFERRAL, "regular")["viewer"]["referral"]
    assert ask(live, REFERRAL, "regular")["viewer"]["referral"]["code"] == own["code"]
    assert own["code"] in own["url"]
    assert own["miniProgramPath"].endswith(f"?scene=r%3D{own['code']}")
    assert (own["invited"], own["rewarded"], own["invitees"]["edges"]) == (0, 0, [])
    seen = ask(live, LANDING, code=own["code"].lower())["referralLanding"]
    assert (seen["code"], seen["referrerMasked"], seen["open"]) == (own["code"], "老**", True)
    assert [reward["money"]["fen"] for reward in seen["rewards"]] == [1_000]
    assert ask(live, LANDING, code="nothing!")["referralLanding"] is None
    bound = [
        ask(live, BIND, "new-user", input={"code": own["code"], "idempotencyKey": key})
        for key in ("k1", "k1", "k2")
    ]
    assert bound[0] == bound[1]
    assert bound[0]["bindReferral"]["landing"]["code"] == own["code"]
    (refused,) = bound[2]["bindReferral"]["userErrors"]
    assert (refused["code"], refused["path"]) == ("REFERRAL_BOUND", ["code"])
    after = ask(live, REFERRAL, "regular")["viewer"]["referral"]
    (edge,) = after["invitees"]["edges"]
    assert (after["invited"], edge["node"]["nicknameMasked"]) == (1, "小**")
    assert (edge["node"]["state"], edge["node"]["reward"]) == ("BOUND", None)


def test_refusals_of_a_binding_are_told(live: Live):
    code = ask(live, REFERRAL, "regular")["viewer"]["referral"]["code"]
    told = []
    for persona, typed in (("regular", code), ("gold-member", code), ("new-user", "22222222")):
        given = {"code": typed, "idempotencyKey": "k"}
        (error,) = ask(live, BIND, persona, input=given)["bindReferral"]["userErrors"]
        told.append(error["code"])
    (error,) = ask(live, BIND, input=given)["bindReferral"]["userErrors"]
    assert told == ["REFERRAL_SELF", "REFERRAL_TOO_LATE", "CODE_UNKNOWN"]
    assert error["code"] == "SIGN_IN_REQUIRED"


def test_a_landing_page_is_public_and_a_code_of_ones_own_is_not(live: Live):
    token = {"Authorization": f"Bearer {live.token('regular')}"}
    own = live.http.post("/graphql", json={"query": REFERRAL}, headers=token)
    code = own.json()["data"]["viewer"]["referral"]["code"]
    page = live.http.get(
        "/graphql", params={"query": LANDING, "variables": f'{{"code": "{code}"}}'}
    )
    assert own.headers["cache-control"].startswith("private")
    assert page.headers["cache-control"].startswith("public")
