"""Identities: who a member is at a provider. One person, many identities."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IdentityProvider(StrEnum):
    """WECHAT_MINI_PROGRAM: `wx.login` in the mini program. WECHAT_WEB: web authorisation of the
    official account, for H5 pages inside WeChat."""

    WECHAT_MINI_PROGRAM = "WECHAT_MINI_PROGRAM"
    WECHAT_WEB = "WECHAT_WEB"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenIdentity:
    """What a provider said of the caller, just now. `subject`: the provider's id of the person in
    this app (openid). `union_id`: the same person's in all apps of one owner; the provider may
    tell it later, or never. Neither is printed."""

    provider: IdentityProvider
    app_id: str
    subject: str = field(repr=False)
    union_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIdentity:
    """An identity that belongs to a member."""

    proven: ProvenIdentity
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as joining sees it: when it began, and every identity it has."""

    user_id: int
    joined_at: datetime
    identities: tuple[ProvenIdentity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedMember:
    """Whom a proof turned out to be. `new`: made just now. `joined_user_id`: the account that was
    joined to this one on the way; it exists no more, and `ended` were its sessions."""

    user_id: int
    new: bool = False
    joined_user_id: int | None = None
    ended: tuple[int, ...] = ()


def may_be_one_person(one: Account, other: Account) -> bool:
    """False where a provider tells two persons: another openid in the same app, or another
    unionid. A phone alone never joins those: a number that its operator gave to somebody else
    (二次放号) would hand the first one's account over."""
    return not (
        _differ(_subjects(one.identities), _subjects(other.identities))
        or _differ_at_all(_unions(one.identities), _unions(other.identities))
    )


def elder_first(one: Account, other: Account) -> tuple[Account, Account]:
    """The account that stays, and the one that is joined to it."""
    first, second = sorted((one, other), key=lambda account: (account.joined_at, account.user_id))
    return first, second


def _subjects(identities: Iterable[ProvenIdentity]) -> dict[tuple[str, str], set[str]]:
    by_app: dict[tuple[str, str], set[str]] = {}
    for each in identities:
        by_app.setdefault((each.provider.value, each.app_id), set()).add(each.subject)
    return by_app


def _unions(identities: Iterable[ProvenIdentity]) -> set[str]:
    return {each.union_id for each in identities if each.union_id is not None}


def _differ(one: dict[tuple[str, str], set[str]], other: dict[tuple[str, str], set[str]]) -> bool:
    return any(other[app].isdisjoint(one[app]) for app in one.keys() & other.keys())


def _differ_at_all(one: set[str], other: set[str]) -> bool:
    return bool(one and other) and one.isdisjoint(other)
