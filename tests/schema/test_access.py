"""Every field says who may read it; one that does not, or whose word does not hold, is not built."""

from collections.abc import Iterator

import pytest
import strawberry

from app.domain.identity.permissions import Permission
from app.schema.access import (
    OWN,
    PUBLIC,
    AccessUndeclared,
    access,
    access_of,
    core_of,
    declare,
    field_access,
    fields_of,
)
from app.schema.build import build_schema


def _declared(query: type, *types: type) -> strawberry.Schema:
    schema = strawberry.Schema(query, types=types)
    declare(core_of(schema))
    return schema


def _faults(query: type, *types: type) -> list[str]:
    with pytest.raises(AccessUndeclared) as raised:
        _declared(query, *types)
    return raised.value.faults


def test_every_field_of_the_contract_is_declared():
    schema = core_of(build_schema())
    fields = list(fields_of(schema))
    stamped = [name for _, name, field in fields if "youhui_access" in field.extensions]
    assert len(stamped) == len(fields) > 300


def test_mutations_and_subscriptions_are_never_the_same_for_everyone():
    """But those that a guest calls to become somebody."""
    schema = core_of(build_schema())
    roots = {"Mutation", "Subscription"}
    public = {
        name
        for kind, name, field in fields_of(schema)
        if kind.name in roots and access_of(field) is PUBLIC
    }
    assert public <= {"signIn", "sendSmsCode", "refreshSession"}


def test_a_field_that_says_nothing_is_not_built():
    @strawberry.type
    class Query:
        now: str
        then: str = strawberry.field(metadata=field_access(PUBLIC))

    assert _faults(Query) == ["Query.now: nobody says who may read it"]


def test_a_fields_own_word_wins_over_its_types_and_that_over_the_mixins():
    @access(OWN)
    @strawberry.type
    class Mixin:
        mine: str
        open: str = strawberry.field(metadata=field_access(PUBLIC))

    @strawberry.type
    class Query(Mixin):
        pass

    @access(Permission.AUDIT_READ)
    @strawberry.type
    class Closed(Mixin):
        pass

    schema = core_of(_declared(Query, Closed))
    said = {f"{kind.name}.{name}": access_of(field) for kind, name, field in fields_of(schema)}
    assert said == {
        "Query.mine": OWN,
        "Query.open": PUBLIC,
        "Closed.mine": Permission.AUDIT_READ,
        "Closed.open": PUBLIC,
    }


def _doors() -> Iterator[tuple[str, object, object]]:
    yield "what is one's own", PUBLIC, OWN
    yield "what needs a permission", PUBLIC, Permission.AUDIT_READ
    yield "what needs a permission, from one's own", OWN, Permission.AUDIT_READ


@pytest.mark.parametrize(("door", "closed"), [pytest.param(d, c, id=n) for n, d, c in _doors()])
def test_no_field_leads_to(door, closed):
    @access(closed)
    @strawberry.type
    class Closed:
        name: str

    @access(door)
    @strawberry.type
    class Query:
        @strawberry.field
        def closed(self) -> list[Closed] | None: ...

    assert _faults(Query) == [f"Query.closed is {door}, Closed is {closed}"]


def test_no_field_leads_there_through_an_interface():
    @access(PUBLIC)
    @strawberry.interface
    class Thing:
        name: str

    @access(OWN)
    @strawberry.type
    class Mine(Thing):
        pass

    @access(PUBLIC)
    @strawberry.type
    class Query:
        @strawberry.field
        def thing(self) -> Thing: ...

    assert _faults(Query, Mine) == ["Query.thing is PUBLIC, Mine is OWN"]


def test_an_interface_is_no_way_around_a_permission():
    @access(PUBLIC)
    @strawberry.interface
    class Thing:
        name: str

    @access(PUBLIC)
    @strawberry.type
    class Secret(Thing):
        name: str = strawberry.field(metadata=field_access(Permission.AUDIT_READ))

    @access(PUBLIC)
    @strawberry.type
    class Query:
        @strawberry.field
        def thing(self) -> Thing: ...

    assert _faults(Query, Secret) == ["Secret.name needs audit:read, Thing's does not"]
