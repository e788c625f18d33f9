"""What an operation costs, worked out once a document; then a function of its variables.

The cost is a tree of regions. A region is what one row of a list costs by itself, with the lists
inside it; the outermost is the operation. `requested` multiplies page sizes; `actual` counts the
rows that came, by looking at lists only, never at the fields of a row.

Both are upper bounds: what `@skip` leaves out counts, and under an interface each of its kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    value_from_ast_untyped,
)

from app.schema.costs import OBJECT, Costs

LARGEST_PAGE = 100
"""More than this is refused by the field itself, so it costs no more."""
ROWS = frozenset({"edges", "nodes"})
"""The list of a connection, which its field's `first` is about."""

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows: `number`, unless `variable` says it: a number, or a list and so its length."""

    number: int
    variable: str | None = None

    def of(self, variables: Variables) -> int:
        if self.variable is None:
            return self.number
        given = variables.get(self.variable, self.number)
        if isinstance(given, list):
            return len(cast("list[Any]", given))
        return _page(given) if isinstance(given, int) else self.number


@dataclass(slots=True)
class Region:
    points: int = 0
    lists: list["Rows"] = field(default_factory=list["Rows"])

    def requested(self, variables: Variables) -> int:
        points = self.points
        for rows in self.lists:
            points += rows.size.of(variables) * rows.region.requested(variables)
        return points

    def actual(self, value: object) -> int:
        """`value`: the answer's object that this region is of."""
        points = self.points
        for rows in self.lists:
            found: Any = value
            for name in rows.path:
                found = found.get(name) if isinstance(found, dict) else None
            for row in found if isinstance(found, list) else ():
                points += rows.region.actual(row)
        return points


@dataclass(frozen=True, slots=True)
class Rows:
    """A list somewhere inside a region: `path` in response names, over objects alone."""

    path: tuple[str, ...]
    size: Size
    region: Region


@dataclass(frozen=True, slots=True)
class OperationCost:
    region: Region
    defaults: Variables

    def requested(self, variables: Variables | None) -> int:
        """Points, at most, for these variables as they were sent."""
        return self.region.requested({**self.defaults, **(variables or {})})

    def actual(self, answer: Mapping[str, Any] | None) -> int:
        """Points for the rows that came. `answer`: `data`; null costs what no row takes away."""
        return self.region.actual(answer)


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, costs: Costs
) -> OperationCost:
    """Of an operation of a valid document whose expanded fields are bounded."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    writes = operation.operation is not OperationType.QUERY
    compiling = _Compiling(schema, costs, fragments, root if writes else None)
    region = Region()
    compiling.selection(operation.selection_set, root, region, (), None)
    defaults = {
        definition.variable.name.value: value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }
    return OperationCost(region, defaults)


class _Compiling:
    def __init__(
        self,
        schema: GraphQLSchema,
        costs: Costs,
        fragments: Mapping[str, FragmentDefinitionNode],
        written: GraphQLNamedType | None,
    ) -> None:
        self._schema = schema
        self._costs = costs
        self._fragments = fragments
        self._written = written

    def selection(
        self,
        selection_set: SelectionSetNode,
        parent: GraphQLNamedType | None,
        region: Region,
        path: tuple[str, ...],
        page: Size | None,
    ) -> None:
        """`page`: the size of the rows of the connection that this selection is of."""
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                self._field(node, parent, region, path, page)
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition
                inner = self._schema.get_type(on.name.value) if on else parent
                self.selection(node.selection_set, inner, region, path, page)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                inner = self._schema.get_type(fragment.type_condition.name.value)
                self.selection(fragment.selection_set, inner, region, path, page)

    def _field(
        self,
        node: FieldNode,
        parent: GraphQLNamedType | None,
        region: Region,
        path: tuple[str, ...],
        page: Size | None,
    ) -> None:
        name = node.name.value
        kind = parent.name if parent else ""
        writes = parent is self._written is not None and not name.startswith("__")
        region.points += self._costs.points_of(kind, name, writes=writes)
        definition = _definition(parent, name)
        if definition is None or node.selection_set is None:  # a meta field, or a leaf
            return
        inner = get_named_type(definition.type)
        if not is_composite_type(inner):
            return
        here = (*path, (node.alias or node.name).value)
        paged = _page_asked(node, definition)
        if is_list_type(get_nullable_type(definition.type)):
            size = self._size(node, kind, definition, page if name in ROWS else paged)
            row = Region(OBJECT)
            region.lists.append(Rows(here, size, row))
            self.selection(node.selection_set, inner, row, (), None)
        else:
            region.points += OBJECT
            self.selection(node.selection_set, inner, region, here, paged)

    def _size(
        self, node: FieldNode, kind: str, definition: GraphQLField, page: Size | None
    ) -> Size:
        if page is not None:
            return page
        said = self._costs.size_of(kind, node.name.value)
        return Size(said) if isinstance(said, int) else _length(node, said)


def _definition(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return parent.fields.get(name)
    return None


def _argument(node: FieldNode, name: str) -> ValueNode | None:
    return next((a.value for a in node.arguments or () if a.name.value == name), None)


def _page_asked(node: FieldNode, definition: GraphQLField) -> Size | None:
    """None: the field has no pages."""
    argument = definition.args.get("first")
    if argument is None:
        return None
    default = _page(_default(argument))
    given = _argument(node, "first")
    if isinstance(given, VariableNode):
        return Size(default, given.name.value)
    if isinstance(given, IntValueNode):
        return Size(_page(int(given.value)))
    return Size(default)


def _default(argument: Any) -> object:
    """Schemas that strawberry made keep it in `default_value`, those built from SDL in `default`."""
    if isinstance(argument.default_value, int):
        return argument.default_value
    default = argument.default
    if default is None:
        return None
    return value_from_ast_untyped(default.literal) if default.literal else default.value


def _page(given: object) -> int:
    return max(1, min(given, LARGEST_PAGE)) if isinstance(given, int) else LARGEST_PAGE


def _length(node: FieldNode, argument: str) -> Size:
    given = _argument(node, argument)
    if isinstance(given, VariableNode):
        return Size(1, given.name.value)
    return Size(len(given.values) if isinstance(given, ListValueNode) else 1)
