"""Applications: clients that sign members in by OAuth, and machines with accounts of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.identity.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A public client: it holds no secret, PKCE proves it. `redirect_uris`: exactly as registered;
    a loopback one without a port stands for any port (RFC 8252, section 7.3)."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What a code stands for. `challenge`: S256 of the client's verifier."""

    client_id: str
    owner_id: int
    redirect_uri: str
    challenge: str
    device: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    id: int
    name: str
    scopes: frozenset[Permission]
    added_by: str
    added_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    secret_hash: bytes = field(default=b"", repr=False)


class ApplicationBook(Protocol):
    """Part of a `Work`."""

    async def keep_code(self, code_hash: bytes, code: AuthorizationCode) -> None: ...

    async def use_code(self, hashes: Sequence[bytes], at: datetime) -> AuthorizationCode | None:
        """Of all who come with one code exactly one is answered; None: there is no such code, or it
        was used. One that is too old is answered too: whoever asks judges it."""
        ...

    async def code_opened(self, hashes: Sequence[bytes], session_id: int) -> None:
        """Which session a used code opened."""
        ...

    async def session_of_code(self, hashes: Sequence[bytes]) -> tuple[int, int] | None:
        """Member and session that a used code opened."""
        ...

    async def purge_codes(self, made_before: datetime) -> int: ...

    async def keep_client(self, client: OAuthClient, at: datetime) -> None:
        """New, or changed."""
        ...

    async def add_service(self, account: ServiceAccount) -> int | None:
        """The new id. None: the name is taken."""
        ...

    async def service_named(self, name: str) -> ServiceAccount | None: ...

    async def revoke_service(self, service_id: int, at: datetime) -> bool:
        """Whether it was not revoked before."""
        ...

    async def service_used(self, service_id: int, at: datetime) -> None: ...


class ApplicationRepository(Protocol):
    """When the database is down each method raises `StorageUnavailable`."""

    async def client(self, client_id: str) -> OAuthClient | None: ...

    async def clients(self) -> Sequence[OAuthClient]: ...

    async def service(self, service_id: int) -> ServiceAccount | None: ...

    async def services(self) -> Sequence[ServiceAccount]: ...
