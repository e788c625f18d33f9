"""What a closed schema keeps to itself, and an open one tells."""

import pytest
from starlette.testclient import TestClient

from app.gateway.graphql_view import ViewOptions
from tests.gateway.asking import NEW, ask, codes
from tests.gateway.parts import parts_in

NAMES = ("Query", "Mutation", "Int", "String", "Leaf", "Colour", "RED", "SizeInput", "litres")
"""Of the schema, none of which the documents below name."""

PARTS = f"multipart/mixed;incrementalSpec=v0.2,{NEW}"

UNFIT = {
    "field": "{ twicf }",
    "field of a type": "{ leaf { valeu } }",
    "argument": "{ twice(numbre: 1) }",
    "argument left out": "{ twice }",
    "literal of another type": '{ twice(number: "x") }',
    "enum value": "{ painted(colour: REDD) }",
    "input field": "{ sized(size: { litrez: 1 }) }",
    "type condition": "{ ... on Qeury { ok } }",
    "type of a variable": "query ($n: Strimg) { twice(number: $n) }",
    "directive": "{ ok @skipp(if: true) }",
    "no selection": "{ leaf }",
    "a selection of a scalar": "{ ok { deeper } }",
    "introspection": "{ __schema { types { name } } }",
    "introspection of a type": '{ __type(name: "Leaf") { name } }',
}
MISFITS = {
    "enum value": ("query ($v: Colour!) { painted(colour: $v) }", "REDD", "v"),
    "input field": ("query ($v: SizeInput!) { sized(size: $v) }", {"litrez": 1}, "v"),
    "place": ("query ($v: SizeInput!) { sized(size: $v) }", {"litres": "secret"}, "litres"),
    "type": ("query ($v: Int!) { twice(number: $v) }", "secret", "v"),
    "null": ("query ($v: Int!) { twice(number: $v) }", None, "v"),
    "null for an argument": ("query ($v: Int = 1) { twice(number: $v) }", None, "number"),
}


@pytest.fixture
def open_client(edge) -> TestClient:
    edge.view = ViewOptions(closed=False)
    return TestClient(edge.app())


def told(response) -> str:
    return " ".join(error["message"] for error in response.json()["errors"])


@pytest.mark.parametrize("document", UNFIT.values(), ids=UNFIT.keys())
def test_a_document_that_does_not_fit_learns_nothing(client, document):
    response = ask(client, document, headers={"Accept-Language": "en"})
    assert codes(response) == ["GRAPHQL_VALIDATION_FAILED"]
    assert told(response) == "The document does not fit the schema."
    assert "locations" not in response.text


@pytest.mark.parametrize("document", [UNFIT["field"], UNFIT["argument"], UNFIT["enum value"]])
def test_an_open_schema_suggests(open_client, document):
    assert "Did you mean" in told(ask(open_client, document))


def test_an_open_schema_can_be_asked_what_it_holds(open_client):
    types = ask(open_client, UNFIT["introspection"]).json()["data"]["__schema"]["types"]
    assert {"name": "Leaf"} in types


def test_the_name_of_an_object_s_type_is_no_secret(client):
    """Clients' caches ask for it with every object."""
    assert ask(client, "{ leaf { __typename } }").json() == {
        "data": {"leaf": {"__typename": "Leaf"}}
    }


@pytest.mark.parametrize(("document", "value", "place"), MISFITS.values(), ids=MISFITS.keys())
def test_a_value_that_does_not_fit_is_named_by_its_place_alone(client, document, value, place):
    response = ask(client, document, variables={"v": value}, headers={"Accept-Language": "en"})
    assert set(codes(response)) == {"BAD_USER_INPUT"}
    text = told(response)
    assert place in text
    assert "secret" not in text
    words = set(text.replace("$", " ").replace("(", " ").replace(")", " ").split())
    assert not words & (set(NAMES) - {place})


def test_an_open_schema_says_what_would_fit(open_client):
    document, value, _ = MISFITS["place"]
    assert "Float" in told(ask(open_client, document, variables={"v": value}))


def test_the_language_is_the_callers(client):
    document, value, _ = MISFITS["place"]
    chinese = told(ask(client, document, variables={"v": value}))
    assert chinese == "变量 $v 的值（litres）不符合要求。"


def test_a_misfit_in_a_later_part_is_as_discreet(client):
    document = "query ($v: Int = 1) { ok ... @defer { maybe(number: $v) } }"
    response = ask(client, document, variables={"v": None}, accept=PARTS)
    _, later = parts_in(response)
    (error,) = later["incremental"][0]["errors"]
    assert error["message"] == "参数 number 的值不符合要求。"
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
