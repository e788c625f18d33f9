"""The life of a promotion's version: draft, submitted, approved, live, paused, ended.

A version's document never changes; to change it is to draft the next version. Who writes a version
does not approve it. Source: design §2 and the publishing rules of the product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.shared.names import folded_name


class State(StrEnum):
    """LIVE is applied; PAUSED is explained and never applied; ENDED is final."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class Act(StrEnum):
    """What moves a version on. SEND_BACK: who reviews it asks for another draft. REPLACE: a newer
    version takes its place. PUBLISH_UNREVIEWED: straight to LIVE, for demo data; the history says
    so."""

    DRAFT = "DRAFT"
    SUBMIT = "SUBMIT"
    APPROVE = "APPROVE"
    SEND_BACK = "SEND_BACK"
    PUBLISH = "PUBLISH"
    PUBLISH_UNREVIEWED = "PUBLISH_UNREVIEWED"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    END = "END"
    REPLACE = "REPLACE"


MOVES: dict[tuple[State | None, Act], State] = {
    (None, Act.DRAFT): State.DRAFT,
    (None, Act.PUBLISH_UNREVIEWED): State.LIVE,
    (State.DRAFT, Act.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Act.APPROVE): State.APPROVED,
    (State.SUBMITTED, Act.SEND_BACK): State.DRAFT,
    (State.APPROVED, Act.SEND_BACK): State.DRAFT,
    (State.APPROVED, Act.PUBLISH): State.LIVE,
    (State.LIVE, Act.PAUSE): State.PAUSED,
    (State.PAUSED, Act.RESUME): State.LIVE,
    (State.DRAFT, Act.END): State.ENDED,
    (State.SUBMITTED, Act.END): State.ENDED,
    (State.APPROVED, Act.END): State.ENDED,
    (State.LIVE, Act.END): State.ENDED,
    (State.PAUSED, Act.END): State.ENDED,
    (State.DRAFT, Act.REPLACE): State.ENDED,
    (State.SUBMITTED, Act.REPLACE): State.ENDED,
    (State.APPROVED, Act.REPLACE): State.ENDED,
    (State.LIVE, Act.REPLACE): State.ENDED,
    (State.PAUSED, Act.REPLACE): State.ENDED,
}
"""All legal moves; None: the version does not exist yet."""

OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED})
"""On the way to being live. A newer version ends those before it."""
SERVED = frozenset({State.LIVE, State.PAUSED})
"""In every process's rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act done: the state it led to, by whom and when (an aware instant)."""

    act: Act
    state: State
    by: str
    at: datetime
    note: str | None = None


class LifecycleRefusal(Exception):
    """An act that is not allowed; nothing was changed. `code` and `version` name the promotion;
    `zh` and `en` say why and the way out."""

    def __init__(self, code: str, version: int | None, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.version = version
        self.zh = zh
        self.en = en


class IllegalMove(LifecycleRefusal):
    """The version's state does not allow the act."""

    def __init__(self, code: str, version: int, state: State, act: Act) -> None:
        allowed = ", ".join(sorted(a for s, a in MOVES if s is state and a is not Act.REPLACE))
        super().__init__(
            code,
            version,
            f"{code}@{version} 的状态是 {state}，不能 {act}；可以：{allowed or '无'}",
            f"{code}@{version} is {state}: {act} is not allowed; possible: {allowed or 'nothing'}",
        )
        self.state = state
        self.act = act


class ApprovedByItsAuthor(LifecycleRefusal):
    """Four eyes: another than the author approves."""

    def __init__(self, code: str, version: int, author: str) -> None:
        super().__init__(
            code,
            version,
            f"{code}@{version} 由 {author} 起草，须由他人批准",
            f"{code}@{version} was written by {author}: someone else must approve it",
        )
        self.author = author


class UnknownVersion(LifecycleRefusal):
    """There is no such promotion, or no such version of it."""

    def __init__(self, code: str, version: int | None = None) -> None:
        name = code if version is None else f"{code}@{version}"
        super().__init__(
            code,
            version,
            f"没有 {name}；见 youhui promotions list --all",
            f"there is no {name}; see `youhui promotions list --all`",
        )


class NoName(LifecycleRefusal):
    """An act of nobody."""

    def __init__(self, code: str, version: int | None) -> None:
        super().__init__(code, version, "请写明是谁：--as 姓名", "say who does it: --as NAME")


def next_state(code: str, version: int, steps: Sequence[Step], act: Act, by: str) -> State:
    """The state after `act` by `by` on a version with these steps so far (in order; empty: it does
    not exist yet). Raises `IllegalMove`, `ApprovedByItsAuthor` and `NoName`."""
    if not folded_name(by):
        raise NoName(code, version)
    state = steps[-1].state if steps else None
    following = MOVES.get((state, act))
    if following is None:
        raise IllegalMove(code, version, state or State.DRAFT, act)
    if act is Act.APPROVE and folded_name(by) == folded_name(steps[0].by):
        raise ApprovedByItsAuthor(code, version, steps[0].by)
    return following
