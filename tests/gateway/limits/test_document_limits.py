"""Each limit: what stands at it passes, what is one past it is refused by name."""

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from app.gateway.faults import EdgeFault
from app.gateway.limits.document_limits import DocumentLimits
from app.gateway.limits.exceeded import Limit
from app.gateway.limits.parsing import parse_within
from app.gateway.limits.shape import MOST, shape_of
from app.gateway.limits.text import nesting

NARROW = DocumentLimits(
    bytes=400,
    tokens=60,
    comments=3,
    nesting=8,
    operations=2,
    depth=4,
    aliases=3,
    directives=3,
    root_fields=5,
    fragments=3,
    spreads=4,
    fields=12,
    repeated=2,
    list_length=4,
    object_fields=3,
    money_mutations=1,
    money=frozenset({"pay", "refund"}),
)


def many(text, times, between=" "):
    return between.join(text.replace("#", str(i)) for i in range(times))


def nested(levels):
    return "{" + "a{" * (levels - 1) + "a" + "}" * levels


def fragments(count):
    defined = many("fragment F# on T{x}", count)
    return "{a{" + many("...F#", count) + "}} " + defined


def of_tokens(count):
    arguments, fields = divmod(count - 5, 3)
    return "{a(" + many("x#:1", arguments) + ")" + many(" y#", fields) + "}"


CASES = {
    Limit.BYTES: (lambda n: "{a}" + " " * (n - 3), NARROW.bytes),
    Limit.TOKENS: (of_tokens, NARROW.tokens),
    Limit.COMMENTS: (lambda n: "#c\n" * n + "{a}", NARROW.comments),
    Limit.NESTING: (lambda n: "{a(b:" + "[" * (n - 2) + "]" * (n - 2) + ")}", NARROW.nesting),
    Limit.OPERATIONS: (lambda n: many("query Q#{a}", n), NARROW.operations),
    Limit.DEPTH: (nested, NARROW.depth),
    Limit.ALIASES: (lambda n: "{" + many("x#:a", n) + "}", NARROW.aliases),
    Limit.DIRECTIVES: (lambda n: "{a" + "@skip(if:true)" * n + "}", NARROW.directives),
    Limit.ROOT_FIELDS: (lambda n: "{" + many("a#", n) + "}", NARROW.root_fields),
    Limit.FRAGMENTS: (fragments, NARROW.fragments),
    Limit.FRAGMENT_SPREADS: (
        lambda n: "{a{" + "...F " * n + "}} fragment F on T{x}",
        NARROW.spreads,
    ),
    Limit.FIELDS: (lambda n: "{a{" + many("x#", n - 1) + "}}", NARROW.fields),
    Limit.REPEATED_FIELDS: (lambda n: "{a{" + "x " * (n + 1) + "}}", NARROW.repeated),
    Limit.LIST_LENGTH: (lambda n: "{a(b:[" + "1 " * n + "])}", NARROW.list_length),
    Limit.OBJECT_FIELDS: (
        lambda n: "{a(b:{" + many("x#:1", n) + "})}",
        NARROW.object_fields,
    ),
    Limit.MONEY_MUTATIONS: (
        lambda n: "mutation{" + many("x#:pay", n) + "}",
        NARROW.money_mutations,
    ),
}


def test_every_limit_has_a_case():
    named_otherwise = {Limit.FRAGMENT_CYCLES, Limit.UNUSED_FRAGMENTS}
    assert set(CASES) | named_otherwise == set(Limit)


@pytest.mark.parametrize("limit", CASES, ids=str)
def test_what_stands_at_a_limit_passes(limit):
    document, most = CASES[limit]
    parse_within(document(most), NARROW)


@pytest.mark.parametrize("limit", CASES, ids=str)
def test_one_past_a_limit_is_refused_with_its_name_the_figure_and_the_maximum(limit):
    document, most = CASES[limit]
    with pytest.raises(EdgeFault) as refused:
        parse_within(document(most + 1), NARROW)
    told = refused.value.extensions
    assert (told["limit"], told["figure"], told["maximum"]) == (limit, most + 1, most)
    assert refused.value.code == "DOCUMENT_TOO_LARGE"
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("limit", "text", "figure"),
    [
        (Limit.FRAGMENT_CYCLES, "{a{...F}} fragment F on T{x{...F}}", 1),
        (
            Limit.FRAGMENT_CYCLES,
            "{a{...F}} fragment F on T{...G} fragment G on T{...F}",
            1,
        ),
        (Limit.UNUSED_FRAGMENTS, "{a} fragment F on T{x} fragment G on T{x}", 2),
        (Limit.ROOT_FIELDS, "{...F ...F} fragment F on Query{a b ...on Query{c}}", 6),
        (Limit.MONEY_MUTATIONS, "mutation{pay ...F} fragment F on Mutation{x:refund}", 2),
        (Limit.LIST_LENGTH, "query($v:[Int]=[1 2 3 4 5]){a}", 5),
        (Limit.LIST_LENGTH, "{a@skip(if:[1 2 3 4 5])}", 5),
        (Limit.LIST_LENGTH, "{a(b:{c:[[1 2 3 4 5]]})}", 5),
        (Limit.REPEATED_FIELDS, "{a{x ...on T{x ...on T{x}} ...on U{x}}}", 3),
        (Limit.DEPTH, "{a{...F}} fragment F on T{b{c{d{e}}}}", 5),
    ],
)
def test_a_limit_looks_into(limit, text, figure):
    with pytest.raises(EdgeFault) as refused:
        parse_within(text, NARROW)
    told = refused.value.extensions
    assert (told["limit"], told["figure"]) == (limit, figure)


@pytest.mark.parametrize(
    "text",
    [
        "query Q{pay} mutation M{pay}",  # one of each operation: only one of them runs
        "mutation M{pay} mutation N{refund}",
        "mutation{pay{refund}}",  # a field of the payload, no mutation
    ],
)
def test_what_only_looks_like_two_money_mutations_passes(text):
    parse_within(text, NARROW)


def test_fragments_that_double_at_each_level_are_counted_once_each():
    """Walked spread by spread, this is 2^40 fields: it would not end."""
    levels = 40
    fan = " ".join(f"fragment F{i} on T{{...F{i + 1} ...F{i + 1}}}" for i in range(levels))
    document = parse("{a{...F0}} " + fan + f" fragment F{levels} on T{{x}}")
    whole = shape_of(document, frozenset()).wholes[0]
    assert whole.fields == MOST
    assert whole.depth == 2


def test_a_fan_below_the_saturation_is_exact():
    fan = " ".join(f"fragment F{i} on T{{y{{...F{i + 1} ...F{i + 1}}}}}" for i in range(5))
    document = parse("{a{...F0}} " + fan + " fragment F5 on T{x}")
    whole = shape_of(document, frozenset()).wholes[0]
    assert whole.fields == 1 + (1 + 2 + 4 + 8 + 16) + 32
    assert whole.depth == 7


@pytest.mark.parametrize(
    ("text", "deepest"),
    [
        ("{a}", 1),
        ('{a(b:"{[(\\"{[(")}', 2),
        ('{a(b:"""{[( " "" \\""" {[(""") c}', 2),
        ("{a # {[({[(\n b}", 1),
        ('{a(b:"unclosed {[(\n c{d{e', 4),
        ('{a(b:"""unclosed {[(\n c{d{e', 2),
    ],
)
def test_brackets_in_strings_and_comments_do_not_nest(text, deepest):
    assert nesting(text, 100) == deepest
    assert nesting(text, 1) == min(deepest, 2)


def test_the_introspection_of_graphiql_passes_the_limits_of_production():
    parse_within(get_introspection_query(input_value_deprecation=True), DocumentLimits())


def test_what_does_not_parse_is_no_limit():
    with pytest.raises(GraphQLError):
        parse_within("{a", NARROW)


@pytest.mark.parametrize(
    ("variables", "limit", "figure"),
    [
        ({"v": [1, 2, 3, 4, 5]}, Limit.LIST_LENGTH, 5),
        ({"v": {"w": [[], [0] * 6]}}, Limit.LIST_LENGTH, 6),
        ({"v": [{str(i): i for i in range(4)}]}, Limit.OBJECT_FIELDS, 4),
        ({str(i): i for i in range(7)}, Limit.OBJECT_FIELDS, 7),
    ],
)
def test_lists_and_objects_of_variables_are_limited_wherever_they_stand(variables, limit, figure):
    with pytest.raises(EdgeFault) as refused:
        NARROW.check_variables(variables)
    assert refused.value.extensions["limit"] == limit
    assert refused.value.extensions["figure"] == figure


@pytest.mark.parametrize("variables", [None, {}, {"v": [1, 2, 3, 4]}, {"v": {"a": 1, "b": 2}}])
def test_variables_within_the_limits_pass(variables):
    NARROW.check_variables(variables)
