"""What may be done beyond what is public and what is one's own: one table, role by role."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.domain.identity.roles import Role


class Permission(StrEnum):
    """A permission of staff, and a scope of service accounts: the value is the scope's name.

    SETTLEMENT_READ and ORDER_FULFIL reach no further than the stations one is bound to.
    MEMBER_LOOK_UP shows members masked. ACCESS_GRANT: appoints staff and services.
    """

    PROMOTION_READ = "promotion:read"
    PROMOTION_WRITE = "promotion:write"
    PROMOTION_APPROVE = "promotion:approve"
    PROMOTION_PUBLISH = "promotion:publish"
    SETTLEMENT_READ = "settlement:read"
    AUDIT_READ = "audit:read"
    MEMBER_LOOK_UP = "member:look-up"
    ORDER_FULFIL = "order:fulfil"
    ACCESS_GRANT = "access:grant"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.DRIVER: frozenset(),
    Role.STATION_STAFF: frozenset({Permission.ORDER_FULFIL}),
    Role.PARTNER_FINANCE: frozenset({Permission.SETTLEMENT_READ}),
    Role.OPERATOR: frozenset(
        {
            Permission.PROMOTION_READ,
            Permission.PROMOTION_WRITE,
            Permission.PROMOTION_PUBLISH,
        }
    ),
    Role.REVIEWER: frozenset({Permission.PROMOTION_READ, Permission.PROMOTION_APPROVE}),
    Role.RISK_ANALYST: frozenset(
        {Permission.PROMOTION_READ, Permission.AUDIT_READ, Permission.MEMBER_LOOK_UP}
    ),
    Role.AUDITOR: frozenset(
        {Permission.PROMOTION_READ, Permission.SETTLEMENT_READ, Permission.AUDIT_READ}
    ),
    Role.SUPPORT: frozenset({Permission.MEMBER_LOOK_UP}),
    Role.ADMINISTRATOR: frozenset({Permission.ACCESS_GRANT}),
}
"""The only place that says what a role may do."""

NEVER_SERVICES = frozenset({Permission.PROMOTION_APPROVE, Permission.ACCESS_GRANT})
"""What only a person decides: no service account has it as a scope."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles may do together."""
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))
