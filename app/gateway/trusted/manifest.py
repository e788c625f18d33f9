"""A manifest: all documents that one version of one client may send, by the SHA-256 of their text.

The text is what the client sends, or would send: nothing is normalised before it is hashed.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.gateway.trusted.versions import AppVersion, VersionMalformed

FORMAT = "youhui-manifest/1"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,31}")


class ManifestInvalid(ValueError):
    """A manifest, or a file that should become one, is not what it claims: says which and why."""


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """`name`: of its one operation. `alias`: the id by which the client asks, where its own tool
    made one that is not the SHA-256 of the text (Relay's default is MD5)."""

    sha256: str
    name: str
    text: str
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`documents` by SHA-256, in order of their names."""

    channel: str
    version: AppVersion
    documents: Mapping[str, TrustedDocument] = field(default_factory=dict[str, TrustedDocument])

    @classmethod
    def of(
        cls, channel: str, version: AppVersion, documents: Iterable[TrustedDocument]
    ) -> "Manifest":
        """Raises `ManifestInvalid`: two documents share a name, or the channel has no form."""
        if not _CHANNEL.fullmatch(channel):
            raise ManifestInvalid(f"channel {channel!r}: lower case letters, digits, hyphens")
        found: dict[str, TrustedDocument] = {}
        names: set[str] = set()
        for document in sorted(documents, key=lambda document: document.name):
            if document.name in names:
                raise ManifestInvalid(f"{channel} {version}: two operations {document.name}")
            names.add(document.name)
            found[document.sha256] = document
        return cls(channel, version, found)

    def written(self) -> bytes:
        """The file's content, the same for the same documents."""
        listed = {
            sha256: {"name": document.name, "text": document.text}
            | ({} if document.alias is None else {"alias": document.alias})
            for sha256, document in self.documents.items()
        }
        whole = {
            "format": FORMAT,
            "channel": self.channel,
            "version": str(self.version),
            "documents": listed,
        }
        return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        """Raises `ManifestInvalid`, also where a hash is not that of its text."""
        try:
            whole = orjson.loads(content)
            if whole["format"] != FORMAT:
                raise ManifestInvalid(f"format {whole['format']!r}, not {FORMAT!r}")
            version = AppVersion.of(whole["version"])
            documents = [_document(sha256, said) for sha256, said in whole["documents"].items()]
            return cls.of(whole["channel"], version, documents)
        except orjson.JSONDecodeError as fault:
            raise ManifestInvalid("not JSON") from fault
        except VersionMalformed as fault:
            raise ManifestInvalid(f"version {fault}: three numbers, such as 1.2.0") from fault
        except (KeyError, TypeError, AttributeError) as fault:
            raise ManifestInvalid(
                'not {"format", "channel", "version", "documents": {sha256: {"name", "text"}}}'
            ) from fault


def _document(sha256: str, said: Mapping[str, Any]) -> TrustedDocument:
    name, text, alias = said["name"], said["text"], said.get("alias")
    if not isinstance(name, str) or not isinstance(text, str) or not isinstance(alias, str | None):
        raise ManifestInvalid(f"{sha256}: name and text are strings")
    if not _SHA256.fullmatch(sha256) or sha256_of(text) != sha256:
        raise ManifestInvalid(f"{name}: {sha256} is not the SHA-256 of its text")
    return TrustedDocument(sha256, name, text, alias)
