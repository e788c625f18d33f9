"""Sessions (登录会话): where a member is signed in, device by device, and what keeps one alive.

A session has one refresh token at a time. Each is of one generation, used once, and followed by
the next. One that is used again later was copied: then nobody knows who holds the right one, and
the session ends for both (RFC 9700, section 4.14.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.shared.channel import Channel


class SessionEnd(StrEnum):
    """Why a session ended. REUSED: its refresh token was used twice. REPLACED: the same device
    signed in anew. CROWDED_OUT: too many others, all used since. JOINED: its account was joined to
    another one. ERASED: its account is to be erased."""

    SIGNED_OUT = "SIGNED_OUT"
    REUSED = "REUSED"
    REPLACED = "REPLACED"
    CROWDED_OUT = "CROWDED_OUT"
    JOINED = "JOINED"
    ERASED = "ERASED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """`idle`: a session that was not refreshed for so long is over. `window`: so long after its
    use a refresh token still answers, and answers the same: the first answer may have been lost,
    or two requests met. `most`: of one member at a time. `kept`: so long an ended one is kept."""

    idle: timedelta = timedelta(days=90)
    window: timedelta = timedelta(seconds=10)
    most: int = 20
    kept: timedelta = timedelta(days=30)


DEFAULT_RULES = SessionRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`device`: the opaque id that the client gave; `app_version`: as the client last said.
    `last_seen_at`: when it was opened or last refreshed, which is not each request.
    `generation`: of the refresh token that is to be used next, from 0."""

    user_id: int
    id: int
    channel: Channel
    device: str | None
    app_version: str | None
    opened_at: datetime
    last_seen_at: datetime
    generation: int = 0
    ended_at: datetime | None = None

    def alive(self, moment: datetime, rules: SessionRules = DEFAULT_RULES) -> bool:
        return self.ended_at is None and moment < self.last_seen_at + rules.idle


class RefreshVerdict(StrEnum):
    """NEXT: the token is used now. AGAIN: it was used a moment ago; its successor is told again.
    REUSED: the session is to end. OVER: it has ended, or was never of such a generation."""

    NEXT = "NEXT"
    AGAIN = "AGAIN"
    REUSED = "REUSED"
    OVER = "OVER"


def judge_refresh(
    session: Session, generation: int, moment: datetime, rules: SessionRules = DEFAULT_RULES
) -> RefreshVerdict:
    """What a genuine refresh token of `generation` is worth now. The window counts from the last
    refresh and is for the last token alone."""
    if not session.alive(moment, rules) or generation > session.generation:
        return RefreshVerdict.OVER
    if generation == session.generation:
        return RefreshVerdict.NEXT
    recent = moment < session.last_seen_at + rules.window
    if recent and generation == session.generation - 1:
        return RefreshVerdict.AGAIN
    return RefreshVerdict.REUSED


def displaced(
    alive: Sequence[Session],
    channel: Channel,
    device: str | None,
    rules: SessionRules = DEFAULT_RULES,
) -> tuple[tuple[int, SessionEnd], ...]:
    """Which of a member's sessions make room for a new one, and why: those of the same device in
    the same channel; and of the others those unseen for longest, so that `rules.most` remain."""
    replaced = [
        s for s in alive if device is not None and (s.channel, s.device) == (channel, device)
    ]
    others = sorted(
        (s for s in alive if s not in replaced), key=lambda s: (s.last_seen_at, s.id), reverse=True
    )
    crowded_out = others[rules.most - 1 :]
    return (
        *((s.id, SessionEnd.REPLACED) for s in replaced),
        *((s.id, SessionEnd.CROWDED_OUT) for s in crowded_out),
    )
