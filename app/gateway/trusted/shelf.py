"""All manifests of versions in use, and the versions that no longer are: one folder,

<channel>/<version>.json   a manifest
retired.json               {channel: [version, …]}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from app.gateway.trusted.manifest import Manifest, ManifestInvalid, TrustedDocument
from app.gateway.trusted.versions import AppVersion, Client, VersionMalformed

MANIFESTS = Path(__file__).parents[3] / "clients" / "manifests"
"""Those of this repository."""
RETIRED = "retired.json"
Retired = Mapping[str, frozenset[AppVersion]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """`by_id`: documents of all live manifests, by SHA-256 and by alias; `by_text` likewise."""

    manifests: tuple[Manifest, ...] = ()
    retired: Retired = field(default_factory=dict[str, frozenset[AppVersion]])
    by_id: Mapping[str, TrustedDocument] = field(default_factory=dict[str, TrustedDocument])
    by_text: Mapping[str, TrustedDocument] = field(default_factory=dict[str, TrustedDocument])

    @classmethod
    def of(cls, manifests: Iterable[Manifest], retired: Retired | None = None) -> "Shelf":
        """Raises `ManifestInvalid`: one id stands for two texts."""
        live = tuple(sorted(manifests, key=lambda m: (m.channel, m.version)))
        by_id: dict[str, TrustedDocument] = {}
        for manifest in live:
            for document in manifest.documents.values():
                for name in filter(None, (document.sha256, document.alias)):
                    other = by_id.setdefault(name, document)
                    if other.text != document.text:
                        raise ManifestInvalid(f"{name} stands for two texts: {document.name}")
        by_text = {document.text: document for document in by_id.values()}
        return cls(live, retired or {}, by_id, by_text)

    @classmethod
    def kept_in(cls, folder: Path) -> "Shelf":
        """Raises `ManifestInvalid` with the file's name. No such folder: an empty shelf."""
        manifests = [_manifest(file, folder) for file in sorted(folder.glob("*/*.json"))]
        return cls.of(manifests, retired_in(folder))

    def live(self, channel: str) -> list[AppVersion]:
        """The channel's versions in use, the lowest first."""
        return [m.version for m in self.manifests if m.channel == channel]

    def manifest(self, channel: str, version: AppVersion) -> Manifest | None:
        wanted = (channel, version)
        return next((m for m in self.manifests if (m.channel, m.version) == wanted), None)

    def knows(self, client: Client) -> bool:
        """Whether a live manifest is the client's own."""
        return (
            client.channel is not None
            and client.version is not None
            and self.manifest(client.channel, client.version) is not None
        )

    def upgrade_of(self, client: Client) -> AppVersion | None:
        """To what the client must be upgraded: None, if it need not be. A version is out of use
        if it is said to be, or is older than all that are in use. The answer is the lowest one in
        use that is newer; where none is, the newest."""
        channel, version = client.channel, client.version
        if channel is None or version is None:
            return None
        live = self.live(channel)
        if not live or version in live:
            return None
        if version not in self.retired.get(channel, ()) and version > live[0]:
            return None
        return next((other for other in live if other > version), live[-1])


def file_of(folder: Path, channel: str, version: AppVersion) -> Path:
    return folder / channel / f"{version}.json"


def _manifest(file: Path, folder: Path) -> Manifest:
    named = file.relative_to(folder)
    try:
        manifest = Manifest.read(file.read_bytes())
    except ManifestInvalid as fault:
        raise ManifestInvalid(f"{named}: {fault}") from fault
    if file_of(folder, manifest.channel, manifest.version) != file:
        raise ManifestInvalid(f"{named}: it is of {manifest.channel} {manifest.version}")
    return manifest


def retired_in(folder: Path) -> Retired:
    """Raises `ManifestInvalid`."""
    file = folder / RETIRED
    if not file.exists():
        return {}
    try:
        said = orjson.loads(file.read_bytes())
        return {
            channel: frozenset(AppVersion.of(version) for version in versions)
            for channel, versions in said.items()
        }
    except (orjson.JSONDecodeError, VersionMalformed, TypeError, AttributeError) as fault:
        raise ManifestInvalid(f"{RETIRED}: not {{channel: [version, …]}}: {fault}") from fault


def write_retired(folder: Path, retired: Retired) -> None:
    said = {
        channel: [str(version) for version in sorted(versions)]
        for channel, versions in sorted(retired.items())
    }
    content = orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (folder / RETIRED).write_bytes(content)
