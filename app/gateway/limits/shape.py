"""The shape of a document, counted in one pass over its nodes, before it is validated.

A fragment is walked once, however often it is spread: what it holds is kept by its name, and sums
saturate. So the work is linear in the document, where walking spreads anew would double with each
level of fragments that spread another twice. The parser has bounded the nesting by then.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
)

MOST = 10**9
"""Where sums stop: far above every limit."""


@dataclass(slots=True)
class Part:
    """What an operation or a fragment holds. `direct`: its fields and those of inline fragments at
    its top, by name; `depth`, `fields`: without what it spreads; `spreads`: fragments by name, with
    the number of levels of fields above them and how often."""

    top: Counter[str] = field(default_factory=Counter[str])
    depth: int = 0
    fields: int = 0
    spreads: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])


@dataclass(frozen=True, slots=True)
class Whole:
    """A part with all that it spreads."""

    depth: int = 0
    fields: int = 0
    root_fields: int = 0
    money: int = 0


@dataclass(slots=True)
class Shape:
    """Counts of a whole document; `wholes`: of its operations, in their order."""

    operations: int = 0
    fragments: int = 0
    aliases: int = 0
    directives: int = 0
    spreads: int = 0
    repeated: int = 0
    longest_list: int = 0
    largest_object: int = 0
    unused: int = 0
    cyclic: int = 0
    wholes: list[Whole] = field(default_factory=list[Whole])


def shape_of(document: DocumentNode, money: frozenset[str]) -> Shape:
    """`money`: names of the mutations that move money."""
    return _Counting(money).count(document)


class _Counting:
    def __init__(self, money: frozenset[str]) -> None:
        self._money = money
        self._shape = Shape()
        self._fragments: dict[str, Part] = {}
        self._wholes: dict[str, Whole] = {}
        self._open: set[str] = set()
        self._cyclic: set[str] = set()

    def count(self, document: DocumentNode) -> Shape:
        operations: list[tuple[OperationDefinitionNode, Part]] = []
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self._shape.fragments += 1
                self._fragments[definition.name.value] = self._part(definition)
            elif isinstance(definition, OperationDefinitionNode):
                self._shape.operations += 1
                operations.append((definition, self._part(definition)))
                for variable in definition.variable_definitions or ():
                    self._value(variable.default_value)
        for operation, part in operations:
            whole = self._whole(part)
            moves = operation.operation is OperationType.MUTATION
            self._shape.wholes.append(whole if moves else _without_money(whole))
        self._shape.unused = len(self._fragments.keys() - self._wholes.keys())
        self._shape.cyclic = len(self._cyclic)
        return self._shape

    def _part(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Part:
        part = Part()
        self._directives(definition.directives)
        self._selection(definition.selection_set, part, 1, Counter(), part.top)
        return part

    def _selection(
        self,
        selection_set: SelectionSetNode,
        part: Part,
        level: int,
        written: Counter[str],
        top: Counter[str] | None,
    ) -> None:
        """`written`: response names of this selection so far, inline fragments included, since all
        of them are compared with each other; `top`: where to count names, at the top only."""
        for node in selection_set.selections:
            self._directives(node.directives)
            if isinstance(node, FieldNode):
                self._field(node, part, level, written)
                if top is not None:
                    top[node.name.value] += 1
            elif isinstance(node, InlineFragmentNode):
                self._selection(node.selection_set, part, level, written, top)
            elif isinstance(node, FragmentSpreadNode):
                self._shape.spreads += 1
                part.spreads[node.name.value, level - 1] += 1

    def _field(self, node: FieldNode, part: Part, level: int, written: Counter[str]) -> None:
        part.fields += 1
        part.depth = max(part.depth, level)
        if node.alias is not None:
            self._shape.aliases += 1
        name = (node.alias or node.name).value
        written[name] += 1
        if written[name] > 1:
            self._shape.repeated += 1
        for argument in node.arguments or ():
            self._value(argument.value)
        if node.selection_set is not None:
            self._selection(node.selection_set, part, level + 1, Counter(), None)

    def _directives(self, directives: Iterable[DirectiveNode] | None) -> None:
        for directive in directives or ():
            self._shape.directives += 1
            for argument in directive.arguments or ():
                self._value(argument.value)

    def _value(self, value: ValueNode | None) -> None:
        if isinstance(value, ListValueNode):
            self._shape.longest_list = max(self._shape.longest_list, len(value.values))
            for item in value.values:
                self._value(item)
        elif isinstance(value, ObjectValueNode):
            self._shape.largest_object = max(self._shape.largest_object, len(value.fields))
            for member in value.fields:
                self._value(member.value)

    def _whole(self, part: Part) -> Whole:
        """With all that it spreads, each fragment walked once."""
        depth, fields, root_fields = part.depth, part.fields, part.top.total()
        money = sum(part.top[name] for name in self._money)
        for (name, above), times in part.spreads.items():
            spread = self._spread(name)
            depth = max(depth, above + spread.depth)
            fields += times * spread.fields
            if above == 0:
                root_fields += times * spread.root_fields
                money += times * spread.money
        return Whole(depth, min(fields, MOST), min(root_fields, MOST), min(money, MOST))

    def _spread(self, name: str) -> Whole:
        """An unknown fragment holds nothing: validation tells of it. One that is being walked is
        in a cycle."""
        if name in self._open:
            self._cyclic.add(name)
            return Whole()
        if name not in self._wholes and name in self._fragments:
            self._open.add(name)
            self._wholes[name] = self._whole(self._fragments[name])
            self._open.discard(name)
        return self._wholes.get(name, Whole())


def _without_money(whole: Whole) -> Whole:
    return Whole(whole.depth, whole.fields, whole.root_fields, 0)
