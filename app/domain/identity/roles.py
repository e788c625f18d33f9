"""What a person may be: the contract's roles, and which of them one person never holds together."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """DRIVER: every member, and only members; all others are held by staff."""

    DRIVER = "DRIVER"
    STATION_STAFF = "STATION_STAFF"
    PARTNER_FINANCE = "PARTNER_FINANCE"
    OPERATOR = "OPERATOR"
    REVIEWER = "REVIEWER"
    RISK_ANALYST = "RISK_ANALYST"
    AUDITOR = "AUDITOR"
    SUPPORT = "SUPPORT"
    ADMINISTRATOR = "ADMINISTRATOR"


AT_STATIONS = frozenset({Role.STATION_STAFF, Role.PARTNER_FINANCE})
"""Held for named stations only."""
ALONE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Who watches and who appoints does nothing else."""
APART = (frozenset({Role.OPERATOR, Role.REVIEWER}),)
"""Who writes promotions does not approve them."""


class RolesRefused(ValueError):
    """Roles that nobody may be given together. `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def staff_roles(roles: Iterable[Role], stations: int) -> frozenset[Role]:
    """The roles, if a person of staff bound to so many stations may hold them together (separation
    of duties). Raises `RolesRefused`."""
    held = frozenset(roles)
    named = "、".join(sorted(held))
    if not held or Role.DRIVER in held:
        raise RolesRefused(
            "员工至少有一个角色，且不能是 DRIVER", "staff hold at least one role, and never DRIVER"
        )
    if held & ALONE and len(held) > 1:
        alone = "、".join(sorted(held & ALONE))
        raise RolesRefused(
            f"{alone} 不能与其他角色同时担任：{named}", f"{alone} is held alone, not with {named}"
        )
    if any(apart <= held for apart in APART):
        raise RolesRefused(
            f"职责须分离，不能同时担任：{named}", f"duties are kept apart: nobody holds {named}"
        )
    if held & AT_STATIONS and not stations:
        bound = "、".join(sorted(held & AT_STATIONS))
        raise RolesRefused(f"{bound} 须绑定油站", f"{bound} is held for named stations")
    return held
