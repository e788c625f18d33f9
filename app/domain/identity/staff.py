"""People of staff: what they may do and where, and when they are locked out of signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.identity.permissions import Permission, permissions_of
from app.domain.identity.principal import Principal, PrincipalKind
from app.domain.identity.roles import AT_STATIONS, Role
from app.domain.shared.senseless import SenselessValue

MISSES = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """`misses`: attempts that failed since the last that succeeded or locked; `until` None: never
    locked."""

    misses: int = 0
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        return self.until is not None and moment < self.until

    def missed(self, moment: datetime) -> "Lock":
        """After one more: the fifth locks for 15 minutes, and counting begins anew."""
        if self.misses + 1 < MISSES:
            return Lock(misses=self.misses + 1, until=self.until)
        return Lock(misses=0, until=moment + LOCKED_FOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """`station_ids`: where roles held at stations count. `generation`: of password and codes;
    tokens name it, so that none outlives a reset. `disabled_at` None: may sign in."""

    id: int
    name: str
    roles: frozenset[Role]
    station_ids: frozenset[int]
    generation: int
    disabled_at: datetime | None = None

    @property
    def principal(self) -> Principal:
        return Principal(
            kind=PrincipalKind.STAFF, id=self.id, session_id=self.generation, roles=self.roles
        )

    def may(self, permission: Permission) -> bool:
        """Anywhere, that is: what is bound to stations still asks `may_at`."""
        return self.disabled_at is None and permission in permissions_of(self.roles)

    def may_at(self, permission: Permission, station_id: int) -> bool:
        """Roles held at stations count at theirs alone, all others everywhere."""
        if not self.may(permission):
            return False
        everywhere = permission in permissions_of(self.roles - AT_STATIONS)
        return everywhere or station_id in self.station_ids


def check_password(text: str) -> None:
    """Length alone: it is asked for with a second factor. Raises `SenselessValue`."""
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise SenselessValue(
            f"密码须有 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符",
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
        )
