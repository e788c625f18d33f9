"""The policy of deprecation: `Use x. Leaves when usage is 0, not before YYYY-MM`. A client's author
learns what to use, and from when on it may be gone; an operator looks at `youhui contract usage`."""

import re
from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

POLICY = "Use x. Leaves when usage is 0, not before YYYY-MM"
_FORM = re.compile(
    r"Use (?P<instead>[A-Za-z_][\w.]*)\. "
    r"Leaves when usage is 0, not before 20\d\d-(?:0[1-9]|1[0-2])\.?"
)


def deprecations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Each deprecated coordinate with its reason."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLEnumType):
            yield from _reasons(name, kind.values)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from _reasons(name, kind.fields)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from _reasons(name, kind.fields)
            for field, definition in kind.fields.items():
                for argument, reason in _reasons("", definition.args):
                    yield f"{name}.{field}({argument.lstrip('.')}:)", reason


def against_policy(schema: GraphQLSchema) -> list[str]:
    """A sentence for each deprecation that does not say what it must, or names what is not there."""
    return [
        f"@deprecated {coordinate}: {wrong}"
        for coordinate, reason in deprecations(schema)
        if (wrong := _wrong(schema, coordinate, reason)) is not None
    ]


def _wrong(schema: GraphQLSchema, coordinate: str, reason: str) -> str | None:
    found = _FORM.fullmatch(reason)
    if found is None:
        return f"{reason!r}, not {POLICY!r}"
    instead = found["instead"]
    if not _exists(schema, coordinate, instead):
        return f"{instead} is not there"
    return None


def _exists(schema: GraphQLSchema, coordinate: str, instead: str) -> bool:
    """`Type.member`, or a member beside the one that is deprecated, or an argument of its field."""
    owner, _, member = instead.rpartition(".")
    kind = schema.type_map.get(owner or coordinate.partition(".")[0])
    members = getattr(kind, "fields", None) or getattr(kind, "values", {})
    if member in members:
        return True
    field = members.get(coordinate.partition(".")[2].partition("(")[0])
    return not owner and member in getattr(field, "args", {})


def _reasons(owner: str, members: object) -> Iterator[tuple[str, str]]:
    if isinstance(members, dict):
        for name, member in members.items():
            if member.deprecation_reason is not None:
                yield f"{owner}.{name}", member.deprecation_reason
