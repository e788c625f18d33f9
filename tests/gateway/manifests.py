"""Manifests for tests."""

from app.gateway.trusted.manifest import Manifest, TrustedDocument, sha256_of
from app.gateway.trusted.versions import AppVersion


def trusted(text: str, name: str, alias: str | None = None) -> TrustedDocument:
    return TrustedDocument(sha256_of(text), name, text, alias)


def manifest(channel: str, version: str, *documents: TrustedDocument) -> Manifest:
    return Manifest.of(channel, AppVersion.of(version), documents)
