"""Manifests that clients' own tools wrote, as ours:

- Relay: the file of `persistConfig`, `{id: text}`; its ids are MD5 unless told otherwise.
- Apollo: an operation manifest, `{"format": "apollo-persisted-query-manifest", "version": 1,
  "operations": [{"id", "name", "type", "body"}]}`.
- graphql-codegen: `persisted-documents.json` of its client preset, `{"sha256:…": text}`.

Texts are taken as they are. An id that is not the SHA-256 of its text becomes the document's alias,
by which the client goes on asking.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode, parse

from app.gateway.trusted.manifest import ManifestInvalid, TrustedDocument, sha256_of

APOLLO_FORMAT = "apollo-persisted-query-manifest"
_ALIAS = re.compile(r"[!-~]{1,128}")


class ForeignFormat(StrEnum):
    RELAY = "relay"
    APOLLO = "apollo"
    CODEGEN = "codegen"


def imported(content: bytes, kind: ForeignFormat | None = None) -> list[TrustedDocument]:
    """`kind` None: told by the content; Relay's and codegen's are alike. Raises `ManifestInvalid`."""
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise ManifestInvalid("not JSON") from fault
    if not isinstance(whole, dict):
        raise ManifestInvalid("not a JSON object")
    if kind is None and "format" in whole:
        kind = ForeignFormat.APOLLO
    texts = _of_apollo(whole) if kind is ForeignFormat.APOLLO else _of_map(whole)
    found = [_document(identifier, text) for identifier, text in texts]
    if not found:
        raise ManifestInvalid("no document in it")
    return found


def _of_map(whole: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for identifier, text in whole.items():
        if not isinstance(text, str):
            raise ManifestInvalid(f"{identifier}: its text is no string")
        yield identifier, text


def _of_apollo(whole: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if whole.get("format") != APOLLO_FORMAT or whole.get("version") != 1:
        raise ManifestInvalid(f'not {{"format": "{APOLLO_FORMAT}", "version": 1, …}}')
    operations = whole.get("operations")
    if not isinstance(operations, list):
        raise ManifestInvalid("operations: not a list")
    for operation in operations:
        match operation:
            case {"id": str(identifier), "body": str(text)}:
                yield identifier, text
            case _:
                raise ManifestInvalid('operations: each has an "id" and a "body"')


def _document(identifier: str, text: str) -> TrustedDocument:
    try:
        definitions = parse(text, no_location=True).definitions
    except GraphQLError as error:
        raise ManifestInvalid(f"{identifier}: {error.message}") from error
    names = [
        definition.name and definition.name.value
        for definition in definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    if len(names) != 1 or names[0] is None:
        raise ManifestInvalid(f"{identifier}: not one operation with a name")
    if not _ALIAS.fullmatch(identifier):
        raise ManifestInvalid(f"{identifier!r}: an id is 1 to 128 visible signs")
    sha256 = sha256_of(text)
    bare = identifier.removeprefix("sha256:")
    return TrustedDocument(sha256, names[0], text, None if bare == sha256 else bare)
