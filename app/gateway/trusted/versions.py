"""Which build of which client asks."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from app.gateway.context import CHANNEL_HEADER, CHANNELS, VERSION_FORM, VERSION_HEADER
from app.gateway.faults import bad_request


class VersionMalformed(ValueError):
    """Not three numbers with points between."""


@dataclass(frozen=True, slots=True, order=True)
class AppVersion:
    """Three numbers, compared as numbers: 1.10.0 is newer than 1.9.0."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> "AppVersion":
        """Raises `VersionMalformed`; numbers have one to five digits and no sign."""
        found = VERSION_FORM.fullmatch(text)
        if found is None:
            raise VersionMalformed(text)
        return cls(*(int(part) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True)
class Client:
    """What the headers say, unproved: it decides what a client is told, never what it may see.
    None: not said."""

    channel: str | None = None
    version: AppVersion | None = None


def client_of(connection: HTTPConnection) -> Client:
    """Raises `EdgeFault` for a version without its form; the channel is judged with the context."""
    channel = (connection.headers.get(CHANNEL_HEADER) or "").strip().lower()
    version = connection.headers.get(VERSION_HEADER)
    return Client(
        channel if channel in CHANNELS else None,
        None if version is None else _version(version.strip()),
    )


def _version(text: str) -> AppVersion:
    try:
        return AppVersion.of(text)
    except VersionMalformed:
        raise bad_request(
            f"{VERSION_HEADER} 应为三个数，例如 1.2.0。",
            f"{VERSION_HEADER} must be three numbers, such as 1.2.0.",
        ) from None
