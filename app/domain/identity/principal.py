"""Who asks: a member, a person of staff, or a machine. A guest is None."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.identity.permissions import Permission, permissions_of
from app.domain.identity.roles import Role


class PrincipalKind(StrEnum):
    MEMBER = "MEMBER"
    STAFF = "STAFF"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`id`: the member's user id, the id of staff, or the service account's; each kind has ids of
    its own. `session_id` None: a token without a session. `scopes`: a service's; else None.
    """

    kind: PrincipalKind
    id: int
    session_id: int | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Permission] | None = None

    @property
    def user_id(self) -> int | None:
        """The member's id; None for staff and services."""
        return self.id if self.kind is PrincipalKind.MEMBER else None

    @property
    def permissions(self) -> frozenset[Permission]:
        """A service has its scopes alone; roles of a token that names a service count nothing."""
        if self.kind is PrincipalKind.SERVICE:
            return self.scopes or frozenset()
        return permissions_of(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def member(user_id: int, session_id: int | None = None) -> Principal:
    """A member's principal: every member is a DRIVER, and nothing else."""
    return Principal(
        kind=PrincipalKind.MEMBER,
        id=user_id,
        session_id=session_id,
        roles=frozenset({Role.DRIVER}),
    )
