"""Audit records (审计记录): who did what to what, and how it stood before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.shared.channel import Channel

Plain = str | int | bool | None


class ActorKind(StrEnum):
    """VIEWER: a member, by their own request. OPERATOR: a person, by a command. STAFF: a person who
    signed in as staff. SERVICE: a machine's account. SYSTEM: a job or a provider's notice."""

    VIEWER = "VIEWER"
    OPERATOR = "OPERATOR"
    STAFF = "STAFF"
    SERVICE = "SERVICE"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. `name`: a member's id, an operator's or a staff name, a service account's,
    a job's or a provider's.

    `device`: an opaque id, never a phone or an address; `request_id` joins logs to it.
    """

    kind: ActorKind
    name: str
    channel: Channel | None = None
    device: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """`act`: dotted words, e.g. "order.place"; `subject`: what it was done to, e.g. "order:42".

    `user_id`: whose the subject is; None: nobody's. `before` and `after` hold plain values (str,
    int, bool, None) and never personal data in clear.
    """

    act: str
    subject: str
    user_id: int | None
    at: datetime
    actor: Actor
    before: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    after: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
