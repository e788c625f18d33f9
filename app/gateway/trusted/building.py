"""From a channel's operations to the documents of its manifest.

Operations lie in `clients/operations`: `shared/` is every channel's, `<channel>/` one channel's,
`<channel>+<channel>/` of those named. An operation may spread fragments of any of them, so that a
shared operation can leave a fragment to each channel.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from app.gateway.execution.documents import RULES
from app.gateway.trusted.manifest import ManifestInvalid, TrustedDocument, sha256_of

OPERATIONS = Path(__file__).parents[3] / "clients" / "operations"
SHARED = "shared"

D = TypeVar("D", OperationDefinitionNode, FragmentDefinitionNode)


@dataclass(frozen=True, slots=True)
class _Definitions:
    """By name; each name once."""

    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]


def channels_of(folder: Path) -> list[str]:
    """The channels that have operations of their own, in order of their names."""
    named = {name for found in folder.iterdir() if found.is_dir() for name in found.name.split("+")}
    return sorted(named - {SHARED})


def built_documents(folder: Path, channel: str, schema: GraphQLSchema) -> list[TrustedDocument]:
    """Raises `ManifestInvalid`: it names the operation, or the file, and everything wrong."""
    files = [
        file
        for part in sorted(folder.iterdir())
        if part.is_dir() and {SHARED, channel} & set(part.name.split("+"))
        for file in sorted(part.rglob("*.graphql"))
    ]
    if not any(channel in file.relative_to(folder).parts[0].split("+") for file in files):
        raise ManifestInvalid(f"{folder}: no operations of the channel {channel}")
    found = _definitions(files)
    documents = [whole_of(operation, found.fragments) for operation in found.operations.values()]
    wrong = list(_wrong(schema, documents))
    if wrong:
        raise ManifestInvalid("\n".join(wrong))
    return [
        TrustedDocument(sha256_of(text), name, text)
        for name, text in zip(found.operations, map(print_ast, documents), strict=True)
    ]


def whole_of(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> DocumentNode:
    """The operation and the fragments it needs, each where it is first spread, depth first. A
    fragment that is missing is left out: validation tells."""
    needed: dict[str, FragmentDefinitionNode] = {}

    def gather(node: Node) -> None:
        for name in _spreads(node):
            if name in fragments and name not in needed:
                needed[name] = fragments[name]
                gather(fragments[name])

    gather(operation)
    return DocumentNode(definitions=(operation, *needed.values()))


def _spreads(node: Node) -> list[str]:
    names: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
            names.append(node.name.value)

    visit(node, Spreads())
    return names


def _definitions(files: Iterable[Path]) -> _Definitions:
    found = _Definitions({}, {})
    for file in files:
        try:
            definitions = parse(file.read_text("utf-8"), no_location=True).definitions
        except GraphQLError as error:
            raise ManifestInvalid(f"{file.name}: {error.message}") from error
        for definition in definitions:
            if isinstance(definition, OperationDefinitionNode):
                if definition.name is None:
                    raise ManifestInvalid(f"{file.name}: an operation without a name")
                _once(found.operations, definition.name.value, definition, file)
            elif isinstance(definition, FragmentDefinitionNode):
                _once(found.fragments, definition.name.value, definition, file)
            else:
                raise ManifestInvalid(f"{file.name}: only operations and fragments")
    return found


def _once(kept: dict[str, D], name: str, definition: D, file: Path) -> None:
    if name in kept:
        raise ManifestInvalid(f"{file.name}: {name} is defined twice")
    kept[name] = definition


def _wrong(schema: GraphQLSchema, documents: Iterable[DocumentNode]) -> Iterable[str]:
    for document in documents:
        operation = document.definitions[0]
        name = getattr(operation, "name", None)
        for error in validate(schema, document, RULES):
            yield f"{name.value if name else '?'}: {error.message}"
