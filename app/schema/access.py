"""Who may read a field: declared at its type or at the field, checked when the schema is built.

A field's own declaration wins over its type's, and its type's over that of the class which brought
it in (a mixin of a root, or an interface). A field without any fails the build.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    GraphQLWrappingType,
    is_introspection_type,
)

from app.domain.identity.permissions import Permission

T = TypeVar("T", bound=type)


class Open(StrEnum):
    """What needs no permission. PUBLIC: the same for everyone, it never looks at who asks. OWN: of
    the member who asks, who gets their own and nobody else's; a guest gets null, a guest's price,
    or a refusal as data. Staff and services are guests to it."""

    PUBLIC = "PUBLIC"
    OWN = "OWN"


Access = Open | Permission
PUBLIC: Final = Open.PUBLIC
OWN: Final = Open.OWN

_KEY = "youhui_access"


class AccessUndeclared(Exception):
    """Fields that may not be built: nobody said who reads them, or what they say does not hold."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def access(kind: Access) -> Callable[[T], T]:
    """Decorates a type, above `@strawberry.type`: all its fields that say nothing else."""

    def declared(cls: T) -> T:
        setattr(cls, _KEY, kind)
        return cls

    return declared


def field_access(kind: Access) -> Mapping[str, object]:
    """For `metadata=` of one field."""
    return {_KEY: kind}


def access_of(field: GraphQLField) -> Access:
    """Of a field of a built schema; fields of introspection are PUBLIC."""
    return cast("Access", field.extensions.get(_KEY, PUBLIC))


def declare(schema: GraphQLSchema) -> None:
    """Writes each field's access into its `extensions`. Raises `AccessUndeclared`."""
    faults: list[str] = []
    for kind, name, field in fields_of(schema):
        found = _declared(kind, field)
        if found is None:
            faults.append(f"{kind.name}.{name}: nobody says who may read it")
        else:
            field.extensions[_KEY] = found
    if not faults:
        faults = [*_open_doors(schema), *_weak_interfaces(schema)]
    if faults:
        raise AccessUndeclared(faults)


def fields_of(
    schema: GraphQLSchema,
) -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
    """All fields that can be selected, but introspection's."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            if is_introspection_type(kind):
                continue
            for name, field in kind.fields.items():
                yield kind, name, field


def type_access(kind: GraphQLNamedType) -> Access | None:
    """What a type says of all its fields; None: nothing, or it has none."""
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return None
    definition = cast("Any", kind.extensions.get("strawberry-definition"))
    return _of_class(definition.origin) if definition else None


def _declared(kind: GraphQLNamedType, field: GraphQLField) -> Access | None:
    definition = cast("Any", field.extensions.get("strawberry-definition"))
    own = definition.metadata.get(_KEY) if definition else None
    if own is not None:
        return own
    of_type = type_access(kind)
    if of_type is not None or definition is None:
        return of_type
    return _of_class(definition.origin)


def _of_class(cls: type) -> Access | None:
    """Its own word, never one that it inherits."""
    return vars(cls).get(_KEY)


def _open_doors(schema: GraphQLSchema) -> Iterator[str]:
    """Fields that lead to what is more closed than they are."""
    for kind, name, field in fields_of(schema):
        for reached in _possible(schema, _named(cast("Any", field).type)):
            closed = type_access(reached)
            if not _covers(access_of(field), closed):
                yield f"{kind.name}.{name} is {access_of(field)}, {reached.name} is {closed}"


def _weak_interfaces(schema: GraphQLSchema) -> Iterator[str]:
    """A field read through its interface must need what the field of the type needs."""
    for kind, name, field in fields_of(schema):
        if not isinstance(kind, GraphQLObjectType) or not isinstance(access_of(field), Permission):
            continue
        for interface in kind.interfaces:
            shared = interface.fields.get(name)
            if shared is not None and access_of(shared) != access_of(field):
                yield f"{kind.name}.{name} needs {access_of(field)}, {interface.name}'s does not"


def _named(kind: Any) -> GraphQLNamedType:
    wrapped = isinstance(kind, GraphQLWrappingType)
    return _named(cast("Any", kind).of_type) if wrapped else kind


def _possible(schema: GraphQLSchema, kind: GraphQLNamedType) -> list[GraphQLNamedType]:
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return [kind, *schema.get_possible_types(kind)]
    return [kind]


def _covers(door: Access, closed: Access | None) -> bool:
    """A door to what is OWN is at least OWN; one to what needs a permission needs one too."""
    if isinstance(closed, Permission):
        return isinstance(door, Permission)
    return closed is not OWN or door is not PUBLIC


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    return schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- strawberry offers no public name for it
