"""What a change of the schema breaks of what is shipped: by channel, version and operation."""

import pytest
from graphql import build_schema
from graphql.utilities.find_schema_changes import BreakingChangeType

from app.gateway.trusted.checking import Level, Shipped, check_contract, coordinate_of
from app.gateway.trusted.deprecations import against_policy
from app.gateway.trusted.reach import reach_of
from app.gateway.trusted.versions import AppVersion
from tests.gateway.manifests import manifest, trusted

SDL = """
type Query {
  station(id: ID!, grade: Grade, near: Near): Station
  pay(input: PayInput!): Int
  thing: Thing
  unused(x: Int): Int
}
type Station { id: ID! name: String! price(fill: Int): Int! phone: String }
enum Grade { E92 E95 E98 }
input Near { lat: Float! lng: Float! radius: Int }
input PayInput { method: Method! amount: Int! }
enum Method { CARD CASH }
interface Thing { id: ID! }
type Car implements Thing { id: ID! doors: Int }
type Boat implements Thing { id: ID! sails: Int }
directive @old on FIELD
"""
STATION = trusted(
    "query Station($id: ID!, $near: Near) "
    "{ station(id: $id, grade: E95, near: $near) { ...Head } } "
    "fragment Head on Station { name price(fill: 1) }",
    "Station",
)
PAY = trusted("query Pay($input: PayInput!) { pay(input: $input) }", "Pay")
THING = trusted("query Thing { thing { id @old ... on Car { doors } } }", "Thing")
SHIPPED = [
    manifest("mini-program", "1.0.0", STATION),
    manifest("mini-program", "1.1.0", STATION, PAY),
    manifest("app", "2.0.0", THING),
]
OF_STATION = {"mini-program 1.0.0 Station", "mini-program 1.1.0 Station"}
OF_PAY, OF_THING = {"mini-program 1.1.0 Pay"}, {"app 2.0.0 Thing"}

CHANGES = {
    # what is taken away or altered in the SDL: who is hit
    ("name: String! ", ""): OF_STATION,
    ("phone: String", ""): set(),
    ("unused(x: Int): Int", ""): set(),
    ("unused(x: Int): Int", "unused: Int"): set(),
    ("station(id: ID!, ", "station(id: ID!, code: Int!, "): OF_STATION,
    ("unused(x: Int)", "unused(x: Int, y: Int!)"): set(),
    ("grade: Grade, ", ""): OF_STATION,
    ("grade: Grade", "grade: Int"): OF_STATION,
    ("price(fill: Int)", "price"): OF_STATION,
    ("price(fill: Int): Int!", "price(fill: Int): Int"): OF_STATION,
    ("price(fill: Int): Int!", "price(fill: Int): String!"): OF_STATION,
    ("phone: String", "phone: Int"): set(),
    ("E92 E95 E98", "E92 E98"): OF_STATION,
    ("E92 E95 E98", "E92 E95"): set(),
    ("CARD CASH", "CARD"): OF_PAY,
    ("radius: Int", ""): OF_STATION,
    ("radius: Int", "radius: String"): OF_STATION,
    ("radius: Int", "radius: Int, extra: Int!"): OF_STATION,
    ("amount: Int!", "amount: Int! currency: String!"): OF_PAY,
    ("amount: Int!", "amount: String!"): OF_PAY,
    ("Car implements Thing", "Car"): OF_THING,
    ("Boat implements Thing", "Boat"): set(),
    ("directive @old on FIELD", ""): OF_THING,
    ("directive @old on FIELD", "directive @old on QUERY"): OF_THING,
    ("type Boat implements Thing { id: ID! sails: Int }", ""): set(),
    ("enum Method { CARD CASH }", "scalar Method"): OF_PAY,
    # safe ones
    ("phone: String", "phone: String!"): set(),
    ("phone: String", "phone: String fax: String"): set(),
    ("radius: Int", "radius: Int height: Int"): set(),
    ("CARD CASH", "CARD CASH COIN"): set(),
}


@pytest.mark.parametrize(("change", "hit"), CHANGES.items(), ids=[str(c) for c in CHANGES])
def test_a_change_breaks_whom_it_hits_and_nobody_else(change, hit):
    assert SDL.count(change[0]) == 1
    report = check_contract(SHIPPED, build_schema(SDL.replace(*change)), build_schema(SDL))
    assert set(map(str, report.breaks)) == hit
    assert report.checked == 4
    assert all(reasons for reasons in report.breaks.values())


def test_the_reason_names_the_field():
    new = build_schema(SDL.replace("name: String! ", ""))
    report = check_contract(SHIPPED, new, build_schema(SDL))
    broken = Shipped("mini-program", AppVersion(1, 0, 0), "Station")
    assert report.breaks[broken] == ["Cannot query field 'name' on type 'Station'."]
    (change,) = report.changes
    assert (change.level, change.kind) == (Level.BREAKING, "FIELD_REMOVED")
    assert set(map(str, change.hits)) == OF_STATION


def test_the_table_tells_whom_each_breaking_change_hits():
    for change, hit in CHANGES.items():
        report = check_contract(SHIPPED, build_schema(SDL.replace(*change)), build_schema(SDL))
        told = {str(one) for found in report.changes for one in found.hits}
        assert told == hit, change


def test_a_type_may_leave_an_interface_by_which_nobody_asks():
    base = SDL.replace(
        "type Station {", "interface Node { id: ID! } type Station implements Node {"
    )
    report = check_contract(SHIPPED, build_schema(SDL), build_schema(base))
    assert Level.BREAKING in {change.level for change in report.changes}
    assert report.breaks == {}


def test_without_a_base_documents_are_still_validated():
    report = check_contract(SHIPPED, build_schema(SDL.replace("doors: Int", "")))
    assert set(map(str, report.breaks)) == OF_THING
    assert report.changes == []


def test_changes_are_told_gravest_first():
    new = SDL.replace("phone: String", "fax: String").replace("CARD CASH", "CARD CASH COIN")
    report = check_contract(SHIPPED, build_schema(new), build_schema(SDL))
    assert report.breaks == {}
    assert [(change.level, change.kind, change.hits) for change in report.changes] == [
        (Level.BREAKING, "FIELD_REMOVED", ()),
        (Level.DANGEROUS, "VALUE_ADDED_TO_ENUM", ()),
        (Level.SAFE, "FIELD_ADDED", ()),
    ]


@pytest.mark.parametrize(
    ("sentence", "coordinate"),
    [
        ("Field Station.name was removed.", "Station.name"),
        ("A required argument Query.station(code:) was added.", "Query.station(code:)"),
        (
            "Argument Query.station(grade:) has changed type from Grade to Int.",
            "Query.station(grade:)",
        ),
        ("A required field Near.extra was added.", "Near.extra"),
        ("Enum value Grade.E95 was removed.", "Grade.E95"),
        ("Standard scalar Int was removed because it is not referenced anymore.", "Int"),
        ("Directive @old was removed.", "@old"),
        ("FIELD was removed from @old.", "@old"),
        ("Car no longer implements interface Thing.", "Car"),
        ("Method changed from an Enum type to a Scalar type.", "Method"),
        ("nothing", ""),
    ],
)
def test_what_a_change_is_about(sentence, coordinate):
    assert coordinate_of(sentence) == coordinate


def test_every_kind_of_breaking_change_is_known():
    """A kind that graphql-core adds must be thought about here."""
    assert {kind.name for kind in BreakingChangeType} == {
        "TYPE_REMOVED", "TYPE_CHANGED_KIND", "TYPE_REMOVED_FROM_UNION", "VALUE_REMOVED_FROM_ENUM",
        "REQUIRED_INPUT_FIELD_ADDED", "IMPLEMENTED_INTERFACE_REMOVED", "FIELD_REMOVED",
        "FIELD_CHANGED_KIND", "REQUIRED_ARG_ADDED", "ARG_REMOVED", "ARG_CHANGED_KIND",
        "DIRECTIVE_REMOVED", "DIRECTIVE_ARG_REMOVED", "REQUIRED_DIRECTIVE_ARG_ADDED",
        "DIRECTIVE_REPEATABLE_REMOVED", "DIRECTIVE_LOCATION_REMOVED",
    }  # fmt: skip


def test_the_reach_of_a_document():
    reach = reach_of(STATION.text, build_schema(SDL))
    assert reach.fields == {"Query.station", "Station.name", "Station.price"}
    assert reach.inputs == {
        "Query.station(id:)", "Query.station(grade:)", "Query.station(near:)",
        "Station.price(fill:)", "Grade.E95", "Near.lat", "Near.lng", "Near.radius",
    }  # fmt: skip
    assert {"Near", "Station", "Query"} <= reach.types


POLICY = "Use name. Leaves when usage is 0, not before 2027-01"


@pytest.mark.parametrize(
    ("reason", "holds"),
    [
        (POLICY, True),
        (POLICY + ".", True),
        (POLICY.replace("name", "Query.thing"), True),
        (POLICY.replace("name", "nowhere"), False),
        (POLICY.replace("name", "Query.nowhere"), False),
        (POLICY.replace("2027-01", "2027-13"), False),
        (POLICY.replace("2027-01", "soon"), False),
        ("Use name.", False),
        ("No longer supported", False),
    ],
)
def test_a_deprecation_says_what_to_use_and_how_long_it_stays(reason, holds):
    new = SDL.replace("phone: String", f'phone: String @deprecated(reason: "{reason}")')
    wrong = against_policy(build_schema(new))
    assert (wrong == []) is holds
    assert all(sentence.startswith("@deprecated Station.phone: ") for sentence in wrong)


@pytest.mark.parametrize(
    ("before", "after", "coordinate"),
    [
        ("unused(x: Int)", "unused(x: Int @deprecated)", "Query.unused(x:)"),
        ("radius: Int", "radius: Int @deprecated", "Near.radius"),
        ("CARD CASH", "CARD CASH @deprecated", "Method.CASH"),
        ("sails: Int", "sails: Int @deprecated", "Boat.sails"),
    ],
)
def test_arguments_inputs_and_enum_values_are_looked_at_too(before, after, coordinate):
    (wrong,) = against_policy(build_schema(SDL.replace(before, after)))
    assert wrong.startswith(f"@deprecated {coordinate}: ")
