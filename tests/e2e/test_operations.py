"""The example operations of docs/operations, each run against a real server."""

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from tests.e2e.live import NAMES, OPERATIONS, document, variables

PERSONAS = ("new-user", "regular", "gold-member", "lapsed", "heavy-coupon-holder")
QUERY_FIELDS = {
    "node",
    "nodes",
    "now",
    "stations",
    "station",
    "stationFacets",
    "regions",
    "offers",
    "viewer",
    "checkoutPreview",
    "referralLanding",
}


def leaves(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield value


def test_the_index_lists_every_file():
    assert sorted(NAMES) == sorted(path.stem for path in OPERATIONS.glob("*.graphql"))
    for path in OPERATIONS.glob("*.json"):
        assert path.stem in {*NAMES, "index"}


def test_every_query_of_the_contract_has_an_example():
    asked = {
        selection.name.value
        for name in NAMES
        for operation in parse(document(name)).definitions
        if isinstance(operation, OperationDefinitionNode)
        for selection in operation.selection_set.selections
        if isinstance(selection, FieldNode)
    }
    assert asked == QUERY_FIELDS


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_in_chinese_what_it_is_for(name):
    first = document(name).splitlines()[0]
    assert first.startswith("# ")
    assert any("\u4e00" <= character <= "\u9fff" for character in first)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_answers_each_persona_without_error(live, name, persona):
    data = live.operation(name, persona)
    assert all(value is not None for value in data.values())
    assert len(list(leaves(data))) > 2
    for payload in data.values():
        if isinstance(payload, dict):
            assert payload.get("userErrors", []) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_answers_a_guest_without_error(live, name):
    """What is the viewer's is null for a guest; all else is there."""
    data = live.data(document(name), variables(name))
    assert ("viewer" in data) == (list(leaves(data)) == [])


@pytest.mark.parametrize("name", ["stations", "offers", "my-offers", "stations-in-region"])
def test_lists_are_not_empty(live, name):
    data = live.operation(name, "regular")
    connection = data["viewer"]["offers"] if name == "my-offers" else next(iter(data.values()))
    assert connection["edges"]
