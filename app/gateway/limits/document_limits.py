"""The limits of a document, and of the lists in its variables: each has its refusal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import DocumentNode

from app.gateway.limits.exceeded import Limit, limit_exceeded
from app.gateway.limits.shape import Shape, shape_of
from app.gateway.limits.text import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLimits:
    """The most of each (`app.gateway.limits.exceeded.Limit`). Wide enough for introspection by
    GraphiQL (15 levels, some 200 fields) and for every shipped client; what they leave to
    validation is bounded (docs/adr/0085). `money`: names of the mutations that move money."""

    bytes: int = 64 * 1024
    tokens: int = 2_000
    comments: int = 500
    nesting: int = 40
    operations: int = 10
    depth: int = 16
    aliases: int = 50
    directives: int = 50
    root_fields: int = 20
    fragments: int = 50
    spreads: int = 100
    fields: int = 1_000
    repeated: int = 60
    list_length: int = 100
    object_fields: int = 50
    money_mutations: int = 1
    money: frozenset[str] = frozenset()

    def check_text(self, text: str) -> None:
        """Before parsing. Raises `EdgeFault`."""
        check_text(text, most_bytes=self.bytes, most_nesting=self.nesting)

    def check(self, document: DocumentNode) -> None:
        """Before validation. Raises `EdgeFault` for the first limit that is passed."""
        for limit, figure, maximum in self._counted(shape_of(document, self.money)):
            if figure > maximum:
                raise limit_exceeded(limit, figure, maximum)

    def _counted(self, shape: Shape) -> Iterator[tuple[Limit, int, int]]:
        yield Limit.OPERATIONS, shape.operations, self.operations
        yield Limit.FRAGMENTS, shape.fragments, self.fragments
        yield Limit.FRAGMENT_CYCLES, shape.cyclic, 0
        yield Limit.UNUSED_FRAGMENTS, shape.unused, 0
        yield Limit.FRAGMENT_SPREADS, shape.spreads, self.spreads
        yield Limit.ALIASES, shape.aliases, self.aliases
        yield Limit.DIRECTIVES, shape.directives, self.directives
        yield Limit.REPEATED_FIELDS, shape.repeated, self.repeated
        yield Limit.LIST_LENGTH, shape.longest_list, self.list_length
        yield Limit.OBJECT_FIELDS, shape.largest_object, self.object_fields
        for whole in shape.wholes:
            yield Limit.DEPTH, whole.depth, self.depth
            yield Limit.ROOT_FIELDS, whole.root_fields, self.root_fields
            yield Limit.FIELDS, whole.fields, self.fields
            yield Limit.MONEY_MUTATIONS, whole.money, self.money_mutations

    def check_variables(self, variables: Mapping[str, Any] | None) -> None:
        """Each list and each object in what was sent, wherever it stands. Raises `EdgeFault`."""
        waiting: list[object] = [variables]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                members = cast("dict[str, Any]", value)
                if len(members) > self.object_fields:
                    raise limit_exceeded(Limit.OBJECT_FIELDS, len(members), self.object_fields)
                waiting.extend(each for each in members.values() if isinstance(each, dict | list))
            elif isinstance(value, list):
                items = cast("list[Any]", value)
                if len(items) > self.list_length:
                    raise limit_exceeded(Limit.LIST_LENGTH, len(items), self.list_length)
                waiting.extend(each for each in items if isinstance(each, dict | list))
