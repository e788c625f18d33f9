"""Documents made from the schema alone: every field of a type, found from an id or a root."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
)

Selectable = GraphQLObjectType | GraphQLInterfaceType
Path = tuple[str, ...]
"""Selections from a type down, e.g. `("wallet", "coupons", "edges", "node")`."""

NEVER_THE_SAME = {"Quote": {"id", "token"}}
"""Random at each asking: two askings are not compared by them."""


@dataclass(frozen=True)
class Ids:
    """The ids that arguments are filled with: one of each kind of node, by its kind's name; where
    an argument's name tells no kind, one after the other."""

    by_kind: Mapping[str, str]

    def of_argument(self, name: str) -> str:
        lowered = name.lower()
        for kind, text in self.by_kind.items():
            if lowered.startswith(kind.lower()):
                return text
        return next(iter(self.by_kind.values()))


class Asking:
    """`chosen`: the fields that may be selected; None: all."""

    def __init__(
        self,
        schema: GraphQLSchema,
        ids: Ids,
        chosen: Callable[[GraphQLField], bool] | None = None,
    ) -> None:
        self.schema = schema
        self.ids = ids
        self.chosen = chosen or (lambda _: True)

    def arguments(self, field: GraphQLField, *, optional: bool = False) -> str:
        """What must be given, sensible in form; with `optional`, ids that may be given too."""
        given = {
            name: self._value(name, argument)
            for name, argument in field.args.items()
            if _required(argument) or (optional and _asks_id(argument))
        }
        text = ", ".join(f"{name}: {value}" for name, value in given.items())
        return f"({text})" if text else ""

    def _value(self, name: str, argument: GraphQLArgument | GraphQLInputField) -> str:
        return self._of_type(name, argument.type)

    def _of_type(self, name: str, kind: Any) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._of_type(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            return f"[{self._of_type(name.removesuffix('s'), kind.of_type)}]"
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind)
        return self._scalar(name, kind.name)

    def _input(self, kind: GraphQLInputObjectType) -> str:
        definition: Any = kind.extensions["strawberry-definition"]
        one_of = list(kind.fields.items())[:1] if definition.is_one_of else []
        wanted = one_of or [
            (name, field)
            for name, field in kind.fields.items()
            if _required(field) or _asks_id(field)
        ]
        inner = ", ".join(f"{name}: {self._value(name, field)}" for name, field in wanted)
        return f"{{{inner}}}"

    def _scalar(self, name: str, scalar: str) -> str:
        known = {"latitude": "39.9", "longitude": "116.4", "fen": "20000", "day": '"2026-11-22"'}
        for ending, value in known.items():
            if name.lower().endswith(ending):
                return value
        plain = {"Int": "1", "Float": "1.5", "Boolean": "true", "Decimal": '"30"'}
        dated = {"DateTime": '"2026-11-22T00:00:00Z"', "Date": '"2026-11-22"'}
        if scalar == "ID":
            return f'"{self.ids.of_argument(name)}"'
        return {**plain, **dated}.get(scalar, '"sample-1"')

    def leaves(self, kind: Selectable) -> str:
        """The type's name and all fields of it that are no objects."""
        names = [
            name
            for name, field in kind.fields.items()
            if self.chosen(field)
            and is_leaf_type(get_named_type(field.type))
            and not any(map(_required, field.args.values()))
            and name not in NEVER_THE_SAME.get(kind.name, ())
        ]
        return " ".join(["__typename", *names])

    def fields(self, kind: Selectable) -> str:
        """All fields of a type."""
        return " ".join(self.field(kind, name) for name in kind.fields)

    def field(self, kind: Selectable, name: str) -> str:
        if name in NEVER_THE_SAME.get(kind.name, ()):
            return ""
        field = kind.fields[name]
        under = get_named_type(field.type)
        below = "" if is_leaf_type(under) else f" {{ {self._below(under)} }}"
        return f"{name}{self.arguments(field)}{below}"

    def _below(self, kind: Any) -> str:
        return self.leaves(kind) if isinstance(kind, Selectable) else "__typename"

    def deep(self, kind: Selectable, depth: int, above: frozenset[str] = frozenset()) -> str:
        """All that is found below a type, no type within itself."""
        parts = [self.leaves(kind)]
        within = above | {kind.name}
        for name, field in kind.fields.items():
            under = get_named_type(field.type)
            if depth == 0 or not isinstance(under, GraphQLObjectType) or under.name in within:
                continue
            if not self.chosen(field):
                continue
            parts.append(
                f"{name}{self.arguments(field)} {{ {self.deep(under, depth - 1, within)} }}"
            )
        return " ".join(parts)

    def kinds(self, kind: Any) -> list[GraphQLObjectType]:
        """A type itself, or those that an interface stands for."""
        if isinstance(kind, GraphQLInterfaceType):
            return list(self.schema.get_possible_types(kind))
        return [kind] if isinstance(kind, GraphQLObjectType) else []

    def paths(self, start: GraphQLObjectType) -> dict[str, Path]:
        """The shortest way from a type to each type that is found below it."""
        found: dict[str, Path] = {start.name: ()}
        waiting = deque([start])
        while waiting:
            kind = waiting.popleft()
            for name, field in kind.fields.items():
                under = get_named_type(field.type)
                if isinstance(under, GraphQLObjectType) and under.name not in found:
                    found[under.name] = (*found[kind.name], f"{name}{self.arguments(field)}")
                    waiting.append(under)
        return found


def along(path: Path, selection: str) -> str:
    for step in reversed(path):
        selection = f"{step} {{ {selection} }}"
    return selection


def objects_at(answer: Any, path: Path) -> Iterator[Any]:
    """What lies at the end of a path: several where it leads through lists, none where a null."""
    if answer is None:
        return
    if isinstance(answer, list):
        for one in answer:
            yield from objects_at(one, path)
    elif not path:
        yield answer
    else:
        yield from objects_at(answer[path[0].partition("(")[0]], path[1:])


def texts_in(answer: Any) -> Iterator[str]:
    """All texts of an answer, but names of types."""
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            if name != "__typename":
                yield from texts_in(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from texts_in(one)
    elif isinstance(answer, str):
        yield answer


def _required(argument: GraphQLArgument | GraphQLInputField) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined


def _asks_id(argument: GraphQLArgument | GraphQLInputField) -> bool:
    """It takes an id, or holds something that does."""
    kind = get_named_type(argument.type)
    if isinstance(kind, GraphQLInputObjectType):
        return any(_asks_id(field) for field in kind.fields.values())
    return kind.name == "ID"
