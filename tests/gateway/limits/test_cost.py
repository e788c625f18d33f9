"""What operations cost, against figures worked out by hand."""

import pytest
import strawberry
from graphql import build_schema, parse, print_schema

from app.gateway.limits.cost import cost_of
from app.schema.costs import Costs

COSTS = Costs(
    points={"Query.things": 10, "Thing.priced": 3, "Query.__schema": 500},
    sizes={"Query.plain": 4, "Query.nodes": "ids", "Thing.tags": 2},
)


@strawberry.type
class Tag:
    code: str


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Thing(Named):
    size: int
    priced: int
    tags: list[Tag]
    words: list[str]

    @strawberry.field
    def parts(self, first: int = 10) -> "ThingConnection":
        raise NotImplementedError

    @strawberry.field
    def within(self) -> "Thing":
        raise NotImplementedError


@strawberry.type
class ThingEdge:
    cursor: str
    node: Thing


@strawberry.type
class PageInfo:
    end: str


@strawberry.type
class ThingConnection:
    edges: list[ThingEdge]
    page_info: PageInfo


@strawberry.type
class Query:
    thing: Thing
    plain: list[Thing]

    @strawberry.field
    def things(self, first: int = 20) -> ThingConnection:
        raise NotImplementedError

    @strawberry.field
    def listed(self, first: int = 5) -> list[Thing]:
        raise NotImplementedError

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Named]:
        raise NotImplementedError


@strawberry.type
class Done:
    user_errors: list[Tag]
    thing: Thing


@strawberry.type
class Mutation:
    act: Done


MADE = strawberry.Schema(Query, Mutation, types=[Thing])._schema
BUILT = build_schema(print_schema(MADE))


def of(text, schema=MADE):
    document = parse(text)
    return cost_of(schema, document, document.definitions[0], COSTS)


EXAMPLES = [
    ("{__typename}", None, 0),
    ("{thing{name size words}}", None, 1),
    ("{thing{priced}}", None, 1 + 3),
    ("{plain{name}}", None, 4),
    ("{plain{tags{code}}}", None, 4 * (1 + 2)),
    ("{listed{name}}", None, 5),
    ("{listed(first:7){priced}}", None, 7 * (1 + 3)),
    # the connection and what it holds by itself once; edge and node for each row
    ("{things{pageInfo{end}}}", None, 10 + 1 + 1),
    ("{things{edges{cursor}}}", None, 10 + 1 + 20),
    ("{things(first:3){edges{node{name}}}}", None, 10 + 1 + 3 * 2),
    ("{things(first:3){edges{node{parts{edges{node{priced}}}}}}}", None,
     10 + 1 + 3 * (1 + 1 + 1 + 10 * (1 + 1 + 3))),
    ("query($n:Int!){listed(first:$n){name}}", {"n": 8}, 8),
    ("query($n:Int=6){listed(first:$n){name}}", None, 6),
    ("query($n:Int=6){listed(first:$n){name}}", {"n": 9}, 9),
    ("query($n:Int){listed(first:$n){name}}", None, 5),
    ("query($n:Int){listed(first:$n){name}}", {"n": None}, 5),
    ("query($a:Int!$b:Int!){things(first:$a){edges{node{parts(first:$b){edges{cursor}}}}}}",
     {"a": 2, "b": 3}, 10 + 1 + 2 * (2 + 1 + 3)),
    # no page is larger than a field would answer, and none is free
    ("query($n:Int!){listed(first:$n){name}}", {"n": 10**9}, 100),
    ("{listed(first:1000000){name}}", None, 100),
    ("{listed(first:-5){name}}", None, 1),
    ("query($n:Int!){listed(first:$n){name}}", {"n": "many"}, 5),
    ('{nodes(ids:["a","b","c"]){name}}', None, 3),
    ("query($i:[ID!]!){nodes(ids:$i){name}}", {"i": ["a"] * 9}, 9),
    ('{nodes(ids:"a"){name}}', None, 1),
    ("{nodes(ids:[1,2]){...on Thing{priced}}}", None, 2 * (1 + 3)),
    ("{thing{...F}} fragment F on Thing{priced within{...G}} fragment G on Thing{tags{code}}",
     None, 1 + 3 + 1 + 2),
    ("{things(first:2){...F}} fragment F on ThingConnection{edges{cursor}}", None, 10 + 1 + 2),
    ("{a:listed{name} b:listed(first:1){name}}", None, 5 + 1),
    ("{thing{...on Thing{...on Named{name}} ...{priced}}}", None, 1 + 3),
    ("{__schema{types{name fields{name}}}}", None, 500),
    ("mutation{act{userErrors{code} thing{name}}}", None, 50 + 1 + 1 + 1),
    ("mutation{a:act{thing{size}} b:act{thing{size}}}", None, 2 * (50 + 1 + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "variables", "points"), EXAMPLES)
@pytest.mark.parametrize("schema", [MADE, BUILT], ids=["strawberry", "sdl"])
def test_requested(text, variables, points, schema):
    """Defaults stand elsewhere in a schema that was built from SDL; the cost is the same."""
    assert of(text, schema).requested(variables) == points


ROWS = "query($n:Int=20){shown:things(first:$n){edges{node{parts{edges{node{priced}}}}}}}"


@pytest.mark.parametrize(
    ("data", "points"),
    [
        (None, 11),
        ({"shown": None}, 11),
        ({"shown": {"edges": []}}, 11),
        ({"shown": {"edges": [None, None]}}, 11 + 2 * 3),
        ({"shown": {"edges": [{"node": {"parts": None}}]}}, 11 + 3),
        ({"shown": {"edges": [{"node": {"parts": {"edges": [{}, {}]}}}]}}, 11 + 3 + 2 * 5),
    ],
)
def test_actual_counts_the_rows_that_came(data, points):
    assert of(ROWS).actual(data) == points


def test_actual_of_full_pages_is_what_was_requested():
    edges = [{"node": {"priced": 1}}] * 10
    full = {"shown": {"edges": [{"node": {"parts": {"edges": edges}}}] * 20}}
    cost = of(ROWS)
    assert cost.actual(full) == cost.requested(None) == 11 + 20 * (3 + 10 * 5)
