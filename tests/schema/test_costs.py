"""The table of costs fits the schema: it names nothing that is not there, and forgets no list."""

import pytest
from graphql import (
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from app.gateway.limits.cost import ROWS
from app.schema.build import build_schema
from app.schema.costs import MONEY, POINTS, SIZES

SCHEMA = build_schema()._schema
FIELDS = {
    f"{kind.name}.{name}": definition
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
    for name, definition in kind.fields.items()
}
META = {"Query.__schema", "Query.__type"}


def is_list_of_objects(definition):
    return is_list_type(get_nullable_type(definition.type)) and is_composite_type(
        get_named_type(definition.type)
    )


@pytest.mark.parametrize("name", sorted({*POINTS, *SIZES} - META))
def test_the_table_names_fields_that_exist(name):
    assert name in FIELDS


@pytest.mark.parametrize("name", sorted(MONEY))
def test_money_moves_by_mutations_that_exist(name):
    assert f"Mutation.{name}" in FIELDS


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, definition in FIELDS.items()
        if is_list_of_objects(definition)
        and "first" not in definition.args
        and name.partition(".")[2] not in {*ROWS, "userErrors"}
    ),
)
def test_every_list_without_pages_has_a_size(name):
    """Else its rows cost a guess: give it a line in `SIZES` of app/schema/costs.py."""
    assert name in SIZES


@pytest.mark.parametrize(
    "name", sorted(name for name, said in SIZES.items() if isinstance(said, str))
)
def test_a_size_that_an_argument_says_has_that_argument(name):
    assert SIZES[name] in FIELDS[name].args
