"""What an operation needs its caller to be permitted: read off the document once, not per request.

Only fields that declare a permission count; what is public or one's own costs nothing here. A
field under `@skip` counts too: what runs is not known before the variables are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from app.domain.identity.permissions import Permission
from app.domain.identity.principal import Principal
from app.gateway.faults import EdgeCode, EdgeFault
from app.schema.access import access_of

Needs = Mapping[str | None, frozenset[Permission]]
"""By the operation's name; one that needs nothing is left out."""


@dataclass(slots=True)
class _Part:
    """An operation or a fragment: the permissions of its own fields, and the fragments it spreads."""

    needed: set[Permission] = field(default_factory=set[Permission])
    spreads: set[str] = field(default_factory=set[str])


def needs_of(schema: GraphQLSchema, document: DocumentNode) -> Needs:
    """Of a valid document. Linear in its size: each fragment is looked at once."""
    operations: dict[str | None, _Part] = {}
    fragments: dict[str, _Part] = {}
    for definition in document.definitions:
        part = _Part()
        if isinstance(definition, OperationDefinitionNode):
            operations[definition.name and definition.name.value] = part
            root = schema.get_root_type(definition.operation)
        elif isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = part
            root = schema.get_type(definition.type_condition.name.value)
        else:
            continue
        _collect(schema, root, definition.selection_set, part)
    found = {name: _reached(part, fragments) for name, part in operations.items()}
    return {name: needed for name, needed in found.items() if needed}


def permit(needs: Needs, operation_name: str | None, principal: Principal | None) -> None:
    """`operation_name`: its own, whether or not the request named it. Raises `EdgeFault`: 401 for a
    guest, 403 for someone who lacks a permission; nothing of the operation has run then."""
    if not needs:
        return
    needed = needs.get(operation_name)
    if needed is None:
        return
    if principal is None:
        raise EdgeFault(
            401,
            EdgeCode.SIGN_IN_REQUIRED,
            "请先登录。",
            "Sign in first.",
            {"WWW-Authenticate": 'Bearer realm="youhui"'},
        )
    if not needed <= principal.permissions:
        raise EdgeFault(
            403,
            EdgeCode.FORBIDDEN,
            "没有权限执行这个操作。",
            "You have no permission for this operation.",
        )


def _reached(part: _Part, fragments: Mapping[str, _Part]) -> frozenset[Permission]:
    seen: set[str] = set()
    needed = set(part.needed)
    waiting = list(part.spreads)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        needed |= fragments[name].needed
        waiting.extend(fragments[name].spreads)
    return frozenset(needed)


def _collect(
    schema: GraphQLSchema, kind: object, selections: SelectionSetNode, part: _Part
) -> None:
    for inner, under in _selected(schema, kind, selections, part):
        _collect(schema, inner, under, part)


def _selected(
    schema: GraphQLSchema, kind: object, selections: SelectionSetNode, part: _Part
) -> Iterator[tuple[object, SelectionSetNode]]:
    for selection in selections.selections:
        if isinstance(selection, FragmentSpreadNode):
            part.spreads.add(selection.name.value)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            inner = schema.get_type(condition.name.value) if condition else kind
            yield inner, selection.selection_set
        elif isinstance(selection, FieldNode):
            yield from _of_field(kind, selection, part)


def _of_field(
    kind: object, selection: FieldNode, part: _Part
) -> Iterator[tuple[object, SelectionSetNode]]:
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return  # a union has only `__typename`
    selected = kind.fields.get(selection.name.value)
    if selected is None:
        return  # introspection
    access = access_of(selected)
    if isinstance(access, Permission):
        part.needed.add(access)
    if selection.selection_set is not None:
        yield get_named_type(cast("Any", selected.type)), selection.selection_set
