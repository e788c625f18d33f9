"""Which document a request means, and whether it may be run.

A client names a document by its hash, in `documentId` ("sha256:…", or the id alone) or as Apollo's
`extensions.persistedQuery.sha256Hash`, or it sends the text. Codes are those that Apollo Client
and urql act on: told PERSISTED_QUERY_NOT_FOUND they repeat the request with its text.
"""

import logging
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.gateway.execution.documents import DocumentInvalid, Documents, ValidDocument
from app.gateway.faults import EdgeCode, EdgeFault, bad_request
from app.gateway.request import GraphQLRequest
from app.gateway.trusted.manifest import TrustedDocument, sha256_of
from app.gateway.trusted.shelf import Shelf
from app.gateway.trusted.versions import Client
from app.ports.registered_documents import RegisteredDocuments

LOG = logging.getLogger("youhui.contract")


class DocumentMode(StrEnum):
    """`TRUSTED`: nothing but documents of live manifests. `OPEN`: also what else callers send, and
    they may register it: for development and the demo."""

    TRUSTED = "trusted"
    OPEN = "open"


class CountsUses(Protocol):
    def count(self, client: Client, document: TrustedDocument) -> None:
        """One more use; never waits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedOptions:
    """`registered` None: no text can be registered. `uses` None: uses are not counted."""

    mode: DocumentMode = DocumentMode.OPEN
    shelf: Shelf = field(default_factory=Shelf)
    registered: RegisteredDocuments | None = None
    uses: CountsUses | None = None


class DocumentGate:
    def __init__(self, documents: Documents, options: TrustedOptions) -> None:
        """Every document of a live manifest is parsed and validated here, once, and kept for good.
        One that does not fit the schema is logged, and refused when it is asked for: clients that
        ask for others are served."""
        self._documents = documents
        self._options = options
        broken: dict[str, str] = {}
        for document in options.shelf.by_text.values():
            try:
                documents.pin(document.text)
            except DocumentInvalid as invalid:
                broken[document.name] = "; ".join(error.message for error in invalid.errors)
            except EdgeFault as fault:
                broken[document.name] = str(fault)
        for name, what in broken.items():
            LOG.error("清单中的文档不符合契约 / document %s is invalid: %s", name, what)

    def admit(self, client: Client) -> None:
        """Raises `EdgeFault`: the client is a version that is out of use."""
        upgrade = self._options.shelf.upgrade_of(client)
        if upgrade is not None:
            raise EdgeFault(
                422,
                EdgeCode.UPGRADE_REQUIRED,
                f"当前版本 {client.version} 已停用，请升级到 {upgrade} 或更新的版本。",
                f"Version {client.version} is no longer served: upgrade to {upgrade} or newer.",
                extensions={"lowestVersion": str(upgrade), "advice": "UPGRADE"},
            )

    def unread(self, asked: GraphQLRequest) -> str | None:
        """The text that would have to be parsed for this request; None: none."""
        text = asked.query
        if self._options.mode is DocumentMode.TRUSTED or not text or self._documents.known(text):
            return None
        return text

    async def document(self, asked: GraphQLRequest, client: Client) -> ValidDocument:
        """Raises `EdgeFault`, and `DocumentInvalid` for a document that does not fit the schema."""
        known = self._known(asked)
        if known is not None:
            if self._options.uses is not None:
                self._options.uses.count(client, known)
            return self._documents.prepare(known.text)
        if self._options.mode is DocumentMode.TRUSTED:
            raise _not_found() if asked.query == "" else _untrusted()
        return await self._registered(asked)

    def _known(self, asked: GraphQLRequest) -> TrustedDocument | None:
        """Of a live manifest. A text beside an id is compared: the two must not contradict."""
        shelf = self._options.shelf
        if asked.document_id is None:
            return shelf.by_text.get(asked.query)
        found = shelf.by_id.get(asked.document_id)
        said = asked.query
        if said and (said in shelf.by_text if found is None else said != found.text):
            raise _contradicting()
        return found

    async def _registered(self, asked: GraphQLRequest) -> ValidDocument:
        """What is not of a manifest: the text sent, or registered before. A text is registered
        under its hash only once it is known to be valid."""
        registered, sha256 = self._options.registered, asked.document_id
        if sha256 is None:
            return self._documents.prepare(asked.query)
        if asked.query:
            if sha256_of(asked.query) != sha256:
                raise _contradicting()
            document = self._documents.prepare(asked.query)
            if registered is not None:
                await registered.keep(sha256, asked.query)
            return document
        text = None if registered is None else await registered.find(sha256)
        if text is None:
            raise _not_found()
        return self._documents.prepare(text)


def _not_found() -> EdgeFault:
    """The message too is one that clients look for."""
    said = "PersistedQueryNotFound"
    return EdgeFault(422, EdgeCode.PERSISTED_QUERY_NOT_FOUND, said, said)


def _untrusted() -> EdgeFault:
    return EdgeFault(
        422,
        EdgeCode.UNTRUSTED_DOCUMENT,
        "这里只执行已登记的查询文档；请用发布清单中的 documentId。",
        "Only documents of a released manifest are run here: ask by their `documentId`.",
    )


def _contradicting() -> EdgeFault:
    return bad_request(
        "query 与给出的 SHA-256 不一致。", "`query` does not have the SHA-256 given with it."
    )
