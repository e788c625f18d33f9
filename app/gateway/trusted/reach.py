"""What of the schema a document touches, as coordinates: what it selects, and what callers may put
into its variables.

Coordinates are written as graphql-core's descriptions of changes have them: `Type`, `Type.field`,
`Type.field(argument:)`, `Input.field`, `Enum.VALUE`.
"""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    is_input_type,
    parse,
    type_from_ast,
    visit,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """`fields`: of the answer. `inputs`: of what is sent, whole input types and enums by way of
    variables. `types`: named, selected from or sent; and directives."""

    fields: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()

    def touches(self, coordinate: str) -> bool:
        return coordinate in self.fields or coordinate in self.inputs or coordinate in self.types


def reach_of(text: str, schema: GraphQLSchema) -> Reach:
    """Of a document that is valid for the schema; what the schema does not know is left out."""
    found = _Found()
    types = TypeInfo(schema)
    visit(parse(text, no_location=True), TypeInfoVisitor(types, _Touching(schema, types, found)))
    return Reach(frozenset(found.fields), frozenset(found.inputs), frozenset(found.types))


@dataclass(slots=True)
class _Found:
    fields: set[str] = field(default_factory=set[str])
    inputs: set[str] = field(default_factory=set[str])
    types: set[str] = field(default_factory=set[str])

    def sent(self, kind: GraphQLNamedType) -> None:
        """All that a variable of this type may hold."""
        if kind.name in self.types:
            return
        self.types.add(kind.name)
        if isinstance(kind, GraphQLEnumType):
            self.inputs.update(f"{kind.name}.{value}" for value in kind.values)
        elif isinstance(kind, GraphQLInputObjectType):
            for name, inner in kind.fields.items():
                self.inputs.add(f"{kind.name}.{name}")
                self.sent(get_named_type(inner.type))


class _Touching(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo, found: _Found) -> None:
        super().__init__()
        self._schema = schema
        self._types = types
        self._found = found

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, kind = self._types.get_parent_type(), self._types.get_type()
        if parent is None:
            return
        self._found.fields.add(f"{parent.name}.{node.name.value}")
        self._found.types.add(parent.name)
        if kind is not None:
            self._found.types.add(get_named_type(kind).name)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self._found.types.add(f"@{node.name.value}")

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> None:
        self._found.types.add(node.name.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        kind = type_from_ast(self._schema, node.type)
        if kind is not None and is_input_type(kind):
            self._found.sent(get_named_type(kind))

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        parent, owner = self._types.get_parent_type(), self._types.get_field_def()
        if parent is None or owner is None or self._types.get_directive() is not None:
            return
        name = next((n for n, f in getattr(parent, "fields", {}).items() if f is owner), None)
        if name is not None:
            self._found.inputs.add(f"{parent.name}.{name}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = self._types.get_parent_input_type()
        if parent is not None:
            self._found.inputs.add(f"{get_named_type(parent).name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        kind = self._types.get_input_type()
        if kind is not None:
            self._found.inputs.add(f"{get_named_type(kind).name}.{node.value}")
