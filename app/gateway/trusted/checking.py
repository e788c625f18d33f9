"""Would a new schema break what is shipped? Each document of each live manifest is validated
against it; what validation cannot see is found from the changes of the SDL: a selected field of
another type, something that a variable may hold and that is no longer taken.

A change that breaks the SDL and no shipped document breaks nobody.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLSchema, parse, validate
from graphql.utilities.find_schema_changes import (
    BreakingChangeType,
    DangerousChangeType,
    find_schema_changes,
)

from app.gateway.execution.documents import RULES
from app.gateway.trusted.manifest import Manifest
from app.gateway.trusted.reach import Reach, reach_of
from app.gateway.trusted.versions import AppVersion

_DIRECTIVE = re.compile(r"@\w+")
_COORDINATE = re.compile(r"\b[A-Z]\w*(?:\.\w+)?(?:\(\w+:\))?")
_FIRST_WORDS = frozenset(
    {"A", "An", "Argument", "Description", "Directive", "Enum", "Field", "Repeatable", "Standard"}
)
"""With which graphql-core's sentences begin, before the coordinate."""
_SEEN_BY_VALIDATION = frozenset(
    {
        BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED,
        BreakingChangeType.TYPE_REMOVED_FROM_UNION,
    }
)
"""A document that touches the type may live on: it breaks only where it is invalid."""


class Level(StrEnum):
    """Of a change of the SDL, whether anybody is hit or not."""

    BREAKING = "BREAKING"
    DANGEROUS = "DANGEROUS"
    SAFE = "SAFE"


@dataclass(frozen=True, slots=True, order=True)
class Shipped:
    """One operation of one version of one client."""

    channel: str
    version: AppVersion
    operation: str

    def __str__(self) -> str:
        return f"{self.channel} {self.version} {self.operation}"


@dataclass(frozen=True, slots=True)
class SdlChange:
    """`hits`: the shipped operations that it breaks."""

    level: Level
    kind: str
    description: str
    hits: tuple[Shipped, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractReport:
    """`breaks`: why each shipped operation that breaks does. `changes`: of the SDL since the base,
    the gravest first; empty without a base."""

    checked: int
    breaks: Mapping[Shipped, Sequence[str]]
    changes: Sequence[SdlChange]


def check_contract(
    manifests: Iterable[Manifest], new: GraphQLSchema, base: GraphQLSchema | None = None
) -> ContractReport:
    """`base`: the schema that was released last. A text that several versions share is checked
    once, and told for each of them. Why a document breaks, validation says best where it sees it."""
    users = _users(manifests)
    breaks: dict[Shipped, list[str]] = {}
    for text, shipped in users.items():
        for error in validate(new, parse(text, no_location=True), RULES):
            for one in shipped:
                breaks.setdefault(one, []).append(error.message)
    reaches = {} if base is None else {text: reach_of(text, base) for text in users}
    invalid = set(breaks)
    changes: list[SdlChange] = []
    for change in [] if base is None else find_schema_changes(base, new):
        hits = [
            one
            for text, reach in reaches.items()
            if _breaks(change.type, change.description, reach)
            for one in users[text]
            if one in invalid or change.type not in _SEEN_BY_VALIDATION
        ]
        changes.append(_change(change.type, change.description, hits))
        for one in set(hits) - invalid:
            breaks.setdefault(one, []).append(change.description)
    order = list(Level)
    changes.sort(key=lambda change: (order.index(change.level), change.kind, change.description))
    return ContractReport(sum(map(len, users.values())), dict(sorted(breaks.items())), changes)


def _users(manifests: Iterable[Manifest]) -> dict[str, list[Shipped]]:
    users: dict[str, list[Shipped]] = {}
    for manifest in manifests:
        for document in manifest.documents.values():
            shipped = Shipped(manifest.channel, manifest.version, document.name)
            users.setdefault(document.text, []).append(shipped)
    return users


def _change(kind: object, description: str, hits: Iterable[Shipped]) -> SdlChange:
    level = (
        Level.BREAKING
        if isinstance(kind, BreakingChangeType)
        else Level.DANGEROUS
        if isinstance(kind, DangerousChangeType)
        else Level.SAFE
    )
    return SdlChange(level, getattr(kind, "name", ""), description, tuple(sorted(hits)))


def _breaks(kind: object, description: str, reach: Reach) -> bool:
    """Whether a breaking change is one for a document of this reach."""
    if not isinstance(kind, BreakingChangeType):
        return False
    coordinate = coordinate_of(description)
    match kind:
        case BreakingChangeType.VALUE_REMOVED_FROM_ENUM:
            return coordinate in reach.inputs
        case BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED:
            return coordinate.partition(".")[0] in reach.types
        case BreakingChangeType.REQUIRED_ARG_ADDED:
            return coordinate.partition("(")[0] in reach.fields
        case _:
            return reach.touches(coordinate)


def coordinate_of(description: str) -> str:
    """What a change of graphql-core is about: the directive, or the first coordinate, of its
    sentence; nothing, where there is none."""
    directive = _DIRECTIVE.search(description)
    if directive is not None:
        return directive.group()
    found = (match.group() for match in _COORDINATE.finditer(description))
    return next((coordinate for coordinate in found if coordinate not in _FIRST_WORDS), "")
