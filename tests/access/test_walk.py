"""Who may read what: every field × every kind of asker × whose object it is, over PostgreSQL.

All documents are made from the schema, so a field that is added is asked too. What is a member's
may stand in nobody else's answers.
"""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, parse, validate

from app.domain.identity.permissions import Permission
from app.gateway.execution.documents import RULES
from app.schema.access import OWN, PUBLIC, access_of, core_of, fields_of, type_access
from app.schema.build import build_schema
from tests.access.asking import Asking, Ids, Path, along, objects_at, texts_in
from tests.access.conftest import House
from tests.access.people import Owner, fingerprint

SCHEMA = core_of(build_schema())
ROOTS = {"Query", "Mutation", "Subscription"}
REFUSED = {"FORBIDDEN", "SIGN_IN_REQUIRED"}
LAST = {"requestErasure", "signOut", "bindPhone"}  # the asker may be nobody any more


@dataclass
class Walk:
    """`cells`: fields × askers × owners; `leaks`: what nobody should have seen."""

    house: House
    public: dict[str, str]
    cells: int = 0
    leaks: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def asking(self, ids: dict[str, str]) -> Asking:
        return Asking(SCHEMA, Ids({**ids, **self.public}))

    def others(self, owner: Owner) -> Iterator[str]:
        return (name for name in self.house.people if name != owner.name)

    def tell(self, about: str, cells: int, leaks: int) -> None:
        """What came since: shown by `pytest -s`."""
        found = f"{self.cells - cells} cells, {len(self.leaks) - leaks} leaks"
        sys.stdout.write(f"\n{about}: {found}\n")

    def check(self, holds: bool, cell: str) -> None:
        self.cells += 1
        if not holds:
            self.leaks.append(cell)


def own_kinds() -> list[GraphQLObjectType]:
    """Nodes that belong to a member."""
    node = SCHEMA.type_map["Node"]
    return [kind for kind in SCHEMA.get_possible_types(node) if type_access(kind) is OWN]


def object_type(name: str) -> GraphQLObjectType:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def node_query(kind: GraphQLObjectType, selection: str) -> str:
    inner = f"__typename ... on {kind.name} {{ {selection} }}"
    return valid(f"query ($id: ID!) {{ node(id: $id) {{ {inner} }} }}")


def _public_ids(house: House) -> dict[str, str]:
    found = house.ask(
        "guest",
        "{ stations(near: {latitude: 39.9042, longitude: 116.4074}, first: 1)"
        " { edges { node { id offers(first: 1) { edges { node { id } } } } } }"
        " offers(first: 1) { edges { node { id } } } }",
    )["data"]
    station = found["stations"]["edges"][0]["node"]["id"]
    return {"Station": station, "Offer": found["offers"]["edges"][0]["node"]["id"]}


@pytest.fixture(scope="module")
def walk(house: House) -> Walk:
    return Walk(house, _public_ids(house))


@pytest.fixture(scope="module")
def secrets(walk: Walk) -> dict[str, set[str]]:
    """By owner: texts that they can read and that no guest and no other member can."""
    seen = {owner.name: set(_everything(walk, owner.name, owner)) for owner in walk.house.owners}
    public = set(_published(walk))
    first, second = walk.house.owners
    found = {
        owner.name: {
            text
            for text in seen[owner.name] - seen[other.name] - public
            if len(text) >= 6 and not text.isdecimal()
        }
        for owner, other in ((first, second), (second, first))
    }
    assert all(len(texts) > 30 for texts in found.values()), found
    return found


def _published(walk: Walk) -> Iterator[str]:
    """What any guest reads of offers and stations."""
    asking = walk.asking(walk.house.owners[0].ids)
    offers = f"edges {{ node {{ {asking.deep(object_type('Offer'), 2)} }} }}"
    stations = f"edges {{ node {{ {asking.deep(object_type('Station'), 3)} }} }}"
    near = "near: {latitude: 39.9042, longitude: 116.4074}, radiusMeters: 50000"
    for query in (f"offers(first: 100) {{ {offers} }}", f"stations({near}) {{ {stations} }}"):
        yield from texts_in(walk.house.ask("guest", valid(f"{{ {query} }}"))["data"])


def _everything(walk: Walk, who: str, owner: Owner) -> Iterator[str]:
    asking = walk.asking(owner.ids)
    queries = [node_query(kind, asking.deep(kind, 3)) for kind in own_kinds()]
    for kind, query in zip(own_kinds(), queries, strict=True):
        yield from texts_in(walk.house.ask(who, query, id=owner.ids[kind.name]).get("data"))


def test_what_is_a_members_is_nobody_elses(walk: Walk, secrets: dict[str, set[str]]):
    """By its id, and all that is below it: null to others, exactly as if it did not exist."""
    leaks, cells = len(walk.leaks), walk.cells
    for owner in walk.house.owners:
        asking = walk.asking(owner.ids)
        for kind in own_kinds():
            selections = {
                name: along(path, asking.fields(object_type(name)))
                for name, path in asking.paths(kind).items()
            }
            for name, path in asking.paths(kind).items():
                _owner_reads(walk, owner, kind, name, path, selections[name])
            for names in _several(list(selections)):
                query = node_query(kind, " ".join(selections[name] for name in names))
                _others_read(walk, owner, kind, names, query)
    walk.tell("own objects", cells, leaks)
    assert walk.leaks[leaks:] == []


def _several(names: list[str]) -> Iterator[list[str]]:
    """A few types a document: one that holds all is over the limits."""
    for start in range(0, len(names), 6):
        yield names[start : start + 6]


def _owner_reads(
    walk: Walk, owner: Owner, kind: GraphQLObjectType, name: str, path: Path, selection: str
) -> None:
    own = walk.house.ask(owner.name, node_query(kind, selection), id=owner.ids[kind.name])
    assert "errors" not in own, (kind.name, name, own["errors"])
    assert own["data"]["node"]["__typename"] == kind.name
    for found in objects_at(own["data"]["node"], path):
        walk.read |= {f"{name}.{one}" for one in found}


def _others_read(
    walk: Walk, owner: Owner, kind: GraphQLObjectType, names: list[str], query: str
) -> None:
    wanted, absent = owner.ids[kind.name], owner.absent_ids[kind.name]
    for who in walk.others(owner):
        theirs = walk.house.ask(who, query, id=wanted)
        nothing = walk.house.ask(who, query, id=absent)
        holds = theirs == nothing and theirs.get("data") == {"node": None}
        for name in names:
            for one in object_type(name).fields:
                walk.check(holds, f"{who} reads {name}.{one} of {owner.name} by {kind.name}")


def test_every_own_field_below_a_node_was_really_read(walk: Walk, secrets: dict[str, set[str]]):
    """The walk tests nothing where the owner had nothing: what nobody owned is listed."""
    below = {
        f"{name}.{one}"
        for kind in own_kinds()
        for name in walk.asking(walk.house.owners[0].ids).paths(kind)
        for one in object_type(name).fields
        if type_access(object_type(name)) is OWN
    }
    assert len(walk.read & below) > 100
    assert {text.partition(".")[0] for text in below - walk.read} == NOT_OWNED_HERE


NOT_OWNED_HERE = {"Session"}
"""Types below an own node of which the two owners have no object: their tokens have no session."""


def test_roots_answer_about_the_asker_alone(walk: Walk, secrets: dict[str, set[str]]):
    """Queries asked with the ids of another's objects, and all that is below."""
    leaks, cells = len(walk.leaks), walk.cells
    query_type = object_type("Query")
    for owner in walk.house.owners:
        asking, absent = walk.asking(owner.ids), walk.asking(owner.absent_ids)
        for name in query_type.fields:
            if isinstance(access_of(query_type.fields[name]), Permission):
                continue
            for mine, other in zip(_root(asking, name), _root(absent, name), strict=True):
                for who in walk.others(owner):
                    theirs, nothing = walk.house.ask(who, mine), walk.house.ask(who, other)
                    seen = secrets[owner.name] & set(texts_in(theirs))
                    walk.check(theirs == nothing and not seen, f"{who} asks {name}: {seen}")
    walk.tell("roots", cells, leaks)
    assert walk.leaks[leaks:] == []


def _root(asking: Asking, name: str) -> Iterator[str]:
    """A document for each type that the root may answer."""
    found = object_type("Query").fields[name]
    call = f"{name}{asking.arguments(found, optional=True)}"
    under = get_named_type(found.type)
    kinds = asking.kinds(under)
    if not kinds:
        yield valid(f"{{ {call} }}")
    for kind in kinds:
        inner = f"... on {kind.name} {{ {asking.deep(kind, 3)} }}"
        yield valid(f"{{ {call} {{ {inner} }} }}")


def valid(text: str) -> str:
    """Documents that are refused as they are would test nothing."""
    assert validate(SCHEMA, parse(text), RULES) == [], text
    return text


def test_public_fields_are_the_same_for_everyone(walk: Walk):
    """Fields that say so, below roots that say so."""
    leaks, cells = len(walk.leaks), walk.cells
    ids = Ids(walk.public)
    asking = Asking(SCHEMA, ids, lambda one: access_of(one) is PUBLIC)
    for name, query, fields in _public_queries(asking):
        answers = [walk.house.ask(who, query) for who in walk.house.people]
        assert "errors" not in answers[0], (name, answers[0]["errors"])
        for one in fields:
            walk.check(all(a == answers[0] for a in answers), f"{name}: {one} differs by asker")
    walk.tell("public", cells, leaks)
    assert walk.leaks[leaks:] == []


def _public_queries(asking: Asking) -> Iterator[tuple[str, str, list[str]]]:
    query_type = object_type("Query")
    for name, root in query_type.fields.items():
        if access_of(root) is not PUBLIC:
            continue
        kind = get_named_type(root.type)
        arguments = asking.arguments(root)
        if not isinstance(kind, GraphQLObjectType):
            yield name, f"{{ {name}{arguments} }}", [name]
            continue
        for under, path in asking.paths(kind).items():
            if not _all_public(kind, path):
                continue
            fields = [one for one, f in object_type(under).fields.items() if access_of(f) is PUBLIC]
            selection = " ".join(asking.field(object_type(under), one) for one in fields)
            if selection:
                inner = along((f"{name}{arguments}", *path), selection)
                yield name, f"{{ {inner} }}", fields


def _all_public(kind: Any, path: Any) -> bool:
    for step in path:
        found = kind.fields[step.partition("(")[0]]
        if access_of(found) is not PUBLIC:
            return False
        kind = get_named_type(found.type)
    return True


def test_permissions_open_to_whoever_holds_them_and_to_nobody_else(walk: Walk):
    leaks, cells = len(walk.leaks), walk.cells
    check_permissions(walk)
    walk.tell("permissions", cells, leaks)
    assert walk.leaks[leaks:] == []


def check_permissions(walk: Walk) -> None:
    """Every field that needs a permission, by the shortest way to it."""
    asking = walk.asking(walk.house.owners[0].ids)
    for root in ROOTS & SCHEMA.type_map.keys():
        for name, path in asking.paths(object_type(root)).items():
            for one, found in object_type(name).fields.items():
                access = access_of(found)
                if not isinstance(access, Permission):
                    continue
                selection = asking.field(object_type(name), one)
                query = f"{root.lower()} {{ {along(path, selection)} }}"
                needed = {access, *_on_the_way(object_type(root), path)}
                for who in walk.house.people:
                    _permission_cell(walk, who, needed, query, f"{name}.{one}")


def _on_the_way(kind: Any, path: Path) -> Iterator[Permission]:
    """What the fields that lead there need."""
    for step in path:
        found = kind.fields[step.partition("(")[0]]
        access = access_of(found)
        if isinstance(access, Permission):
            yield access
        kind = get_named_type(found.type)


def _permission_cell(walk: Walk, who: str, needed: set[Permission], query: str, cell: str) -> None:
    principal = walk.house.people[who]
    body = walk.house.ask(who, query)
    codes = {error.get("extensions", {}).get("code") for error in body.get("errors", ())}
    if principal is not None and all(map(principal.may, needed)):
        walk.check(not codes & REFUSED, f"{who} may not read {cell}")
    else:
        refused = bool(codes & REFUSED) and body.get("data") is None
        walk.check(refused, f"{who} reads {cell}")


def test_nobody_changes_what_is_anothers(walk: Walk, secrets: dict[str, set[str]]):
    """Every mutation with the ids of another's objects: the answer is as for ids that do not
    exist, and the owner's rows stay as they are."""
    leaks, cells = len(walk.leaks), walk.cells
    mutation = object_type("Mutation")
    names = sorted(mutation.fields, key=lambda name: (name in LAST, name))
    owner = walk.house.owners[0]
    before = asyncio.run(fingerprint(walk.house.database_url, owner.user_id))
    for name in names:
        if isinstance(access_of(mutation.fields[name]), Permission):
            continue
        mine, absent = (_change(walk.asking(ids), name) for ids in (owner.ids, owner.absent_ids))
        for who in walk.others(owner):
            nothing = walk.house.ask(who, absent.replace("sample-1", "absent-1"))
            theirs = walk.house.ask(who, mine)
            seen = secrets[owner.name] & set(texts_in(theirs))
            walk.check(theirs == nothing and not seen, f"{who} calls {name}: {theirs}")
    after = asyncio.run(fingerprint(walk.house.database_url, owner.user_id))
    walk.tell("mutations", cells, leaks)
    assert walk.leaks[leaks:] == []
    assert after == before


def _change(asking: Asking, name: str) -> str:
    found = object_type("Mutation").fields[name]
    kind = get_named_type(found.type)
    assert isinstance(kind, GraphQLObjectType)
    return valid(f"mutation {{ {name}{asking.arguments(found)} {{ {asking.deep(kind, 2)} }} }}")


def test_the_sum(walk: Walk):
    declared = [one for _, _, one in fields_of(SCHEMA)]
    stamped = [one for one in declared if "youhui_access" in one.extensions]
    told = f"fields declared / fields: {len(stamped)} / {len(declared)}"
    sys.stdout.write(f"\n{told}; cells: {walk.cells}; answers: {walk.house.answers}\n")
    assert len(stamped) == len(declared)
    assert walk.leaks == []
