"""What real operations cost on a real server: told, charged, given back."""

import pytest

from tests.e2e.live import NAMES, document, variables


def cost_of(live, name, **changed):
    answer = live.ask(
        document(name), variables(name) | changed, headers=changed.pop("headers", None)
    )
    return answer.json()["extensions"]["cost"]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_costs_less_than_an_operation_may(live, name):
    cost = cost_of(live, name)
    assert 1 <= cost["actual"] <= cost["requested"] <= cost["maximum"]


def test_rows_that_did_not_come_are_given_back(live):
    """The seed has far fewer stations than a hundred in any circle."""
    device = {"Youhui-Device": "device-of-costs-1"}
    asked = variables("stations") | {"first": 100}
    told = [
        live.ask(document("stations"), asked, headers=device).json()["extensions"]["cost"]
        for _ in range(3)
    ]
    assert all(cost["actual"] < cost["requested"] / 2 for cost in told)
    assert {cost["bucket"] for cost in told} == {"DEVICE"}
    spent = told[1]["remaining"] - told[2]["remaining"]
    assert spent <= told[2]["actual"], "less what came back meanwhile"


def test_the_same_answer_by_get_has_the_same_tag_whatever_remains(live):
    asked = {"query": "{ stationFacets { brands { code } } }"}
    first = live.http.get("/graphql", params=asked)
    assert "extensions" not in first.json()
    again = live.http.get(
        "/graphql", params=asked, headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    told = live.http.get("/graphql", params=asked, headers={"Youhui-Cost": "1"})
    assert told.json()["extensions"]["cost"]["requested"] > 1
    assert "etag" not in told.headers
