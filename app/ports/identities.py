"""Whose identities and phones are, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.identity.identity import Account, IdentityProvider, KnownIdentity, ProvenIdentity
from app.domain.identity.phone import Phone


class IdentityBook(Protocol):
    async def owners(self, proven: ProvenIdentity) -> tuple[int | None, int | None]:
        """Whose the identity is, and whose another with its unionid; None: nobody's. Until the
        transaction ends nobody else keeps this identity or one with its unionid."""
        ...

    async def phone_owner(self, phone: Phone) -> int | None:
        """Until the transaction ends nobody else binds the phone."""
        ...

    async def new_member(self, moment: datetime) -> int: ...

    async def keep(self, user_id: int, proven: ProvenIdentity, moment: datetime) -> None:
        """New, or proven again: a unionid that was learnt stays learnt."""
        ...

    async def bind_phone(self, user_id: int, phone: Phone, moment: datetime) -> None:
        """Instead of the member's phone before, and of the phone's owner before."""
        ...

    async def phone(self, user_id: int) -> Phone | None:
        """The member's own, opened."""
        ...

    async def account(self, user_id: int) -> Account | None:
        """None: there is no such member."""
        ...


class IdentityRepository(Protocol):
    """When the database is down each method raises `StorageUnavailable`."""

    async def identities(self, user_ids: Sequence[int]) -> Mapping[int, tuple[KnownIdentity, ...]]:
        """One statement."""
        ...

    async def subject(self, user_id: int, provider: IdentityProvider, app_id: str) -> str | None:
        """The provider's id of the member in an app (openid); None: not known there."""
        ...


class AccountJoining(Protocol):
    """Makes two accounts one, in the caller's transaction."""

    async def lock(self, user_ids: Iterable[int]) -> frozenset[int]:
        """Those members' locks, taken in the order of their ids and held to the end; who is not
        among the answer does not exist (any more)."""
        ...

    async def join(self, elder: int, younger: int, moment: datetime) -> Mapping[str, int]:
        """Everything of the younger is the elder's afterwards, and the younger exists no more.
        Hold both members' locks. How many rows of each table were the younger's."""
        ...
