"""What an operation needs is read off its document, and refused before anything runs."""

import pytest
import strawberry
from graphql import parse
from starlette.testclient import TestClient

from app.domain.identity.permissions import Permission
from app.domain.identity.principal import Principal, PrincipalKind, member
from app.domain.identity.roles import Role
from app.gateway.execution.needs import needs_of, permit
from app.gateway.faults import EdgeCode, EdgeFault
from app.schema.access import PUBLIC, access, core_of, declare, field_access
from tests.gateway.asking import fetch
from tests.gateway.support import NOW

AUDIT, FULFIL = Permission.AUDIT_READ, Permission.ORDER_FULFIL


@access(PUBLIC)
@strawberry.type
class Query:
    @strawberry.field
    def now(self) -> str:
        return "now"

    @strawberry.field(metadata=field_access(AUDIT))
    def trail(self) -> str:
        return "trail"

    @strawberry.field(metadata=field_access(FULFIL))
    def pumped(self) -> str:
        return "pumped"

    @strawberry.field
    def deeper(self) -> "Query": ...


def declared() -> strawberry.Schema:
    built = strawberry.Schema(Query)
    declare(core_of(built))
    return built


@pytest.fixture(scope="module")
def schema():
    return core_of(declared())


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("{ now }", {}),
        ("{ __typename deeper { now } }", {}),
        ("{ trail }", {None: {AUDIT}}),
        ("{ now: trail }", {None: {AUDIT}}),
        ("{ deeper { deeper { trail } } }", {None: {AUDIT}}),
        ("{ ... on Query { deeper { ... { trail pumped } } } }", {None: {AUDIT, FULFIL}}),
        ("{ trail @skip(if: true) }", {None: {AUDIT}}),
        (
            (
                "query A { ...F } query B { now } fragment F on Query { deeper { ...G } } "
                "fragment G on Query { pumped }"
            ),
            {"A": {FULFIL}},
        ),
        ("query A { now ...F } fragment F on Query { ...F trail }", {"A": {AUDIT}}),
    ],
)
def test_needs(schema, text, needed):
    assert needs_of(schema, parse(text)) == needed


def test_fragments_that_fan_out_are_looked_at_once(schema):
    fan = "".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} ...F{n + 1} }} " for n in range(60)
    )
    text = f"{{ ...F0 }} {fan} fragment F60 on Query {{ trail }}"
    assert needs_of(schema, parse(text)) == {None: {AUDIT}}


def _refused(needs, principal):
    with pytest.raises(EdgeFault) as raised:
        permit(needs, None, principal)
    return raised.value.status, raised.value.code


def test_who_is_let_through():
    needs = {None: frozenset({AUDIT})}
    auditor = Principal(kind=PrincipalKind.STAFF, id=1, roles=frozenset({Role.AUDITOR}))
    reader = Principal(kind=PrincipalKind.SERVICE, id=1, scopes=frozenset({AUDIT}))
    other = Principal(kind=PrincipalKind.SERVICE, id=1, scopes=frozenset({FULFIL}))
    permit(needs, None, auditor)
    permit(needs, None, reader)
    permit(needs, "Another", None)
    permit({}, None, None)
    assert _refused(needs, None) == (401, EdgeCode.SIGN_IN_REQUIRED)
    assert _refused(needs, member(7)) == (403, EdgeCode.FORBIDDEN)
    assert _refused(needs, other) == (403, EdgeCode.FORBIDDEN)
    both = {None: frozenset({AUDIT, FULFIL})}
    assert _refused(both, auditor) == (403, EdgeCode.FORBIDDEN)


def test_what_needs_a_permission_is_nobodys_to_keep(edge):
    edge.schema = declared
    auditor = Principal(kind=PrincipalKind.STAFF, id=1, roles=frozenset({Role.AUDITOR}))
    bearer = {"Authorization": f"Bearer {edge.tokens.issue(auditor, NOW)}"}
    client = TestClient(edge.app())
    for document, kept in (("{ trail }", "private, no-store"), ("{ now }", "public, ")):
        answer = fetch(client, document, headers=bearer)
        assert "errors" not in answer.json()
        assert answer.headers["cache-control"].startswith(kept)
