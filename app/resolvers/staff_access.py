"""Staff are appointed, changed, disabled and reset; each by somebody, each recorded."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.permissions import Permission
from app.domain.identity.roles import Role, staff_roles
from app.domain.identity.staff import Staff, check_password
from app.domain.shared.names import folded_name
from app.ports.staff import KnownStaff, StaffSecrets, totp_place
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.staff_desk import StaffDesk
from app.resolvers.staff_permits import StaffRefused, authorised

RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class NewSecrets:
    """Shown once, to whoever appoints: `totp_link` for an authenticator app."""

    password: str = field(repr=False)
    totp_seed: str = field(repr=False)
    totp_link: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


async def add_staff(
    desk: Desk,
    staff_desk: StaffDesk,
    name: str,
    roles: Iterable[Role],
    station_ids: Iterable[int],
    password: str | None = None,
) -> NewSecrets:
    """`password` None: one is made. Raises `StaffRefused`, `RolesRefused` and `SenselessValue`."""
    stations = frozenset(station_ids)
    staff = Staff(
        id=0,
        name=" ".join(name.split()),
        roles=staff_roles(roles, len(stations)),
        station_ids=stations,
        generation=1,
    )
    folded = folded_name(name)
    if not folded:
        raise StaffRefused("请写明姓名", "a name is needed")
    await authorised(staff_desk.staff, desk.actor.name, Permission.ACCESS_GRANT)
    shown, kept = await _new_secrets(staff_desk, folded, password)
    async with desk.works.begin(None) as work:
        staff_id = await work.staff.add(staff, folded, kept, desk.moment)
        if staff_id is None:
            raise StaffRefused(f"已有员工 {name}", f"there is already a {name}")
        await _record(desk, work, "staff.add", staff_id, after=_told(staff))
    return shown


async def change_staff(
    desk: Desk, staff_desk: StaffDesk, name: str, roles: Iterable[Role], station_ids: Iterable[int]
) -> Staff:
    """Other roles and stations. Raises `StaffRefused` and `RolesRefused`."""
    stations = frozenset(station_ids)
    held = staff_roles(roles, len(stations))
    await authorised(staff_desk.staff, desk.actor.name, Permission.ACCESS_GRANT)
    async with desk.works.begin(None) as work:
        before = (await _named(work, name)).staff
        after = replace(before, roles=held, station_ids=stations)
        await work.staff.change(after)
        await _record(desk, work, "staff.roles", before.id, _told(before), _told(after))
    return after


async def disable_staff(desk: Desk, staff_desk: StaffDesk, name: str) -> Staff:
    """Takes effect at once, also for tokens that still run. Raises `StaffRefused`."""
    await authorised(staff_desk.staff, desk.actor.name, Permission.ACCESS_GRANT)
    async with desk.works.begin(None) as work:
        before = (await _named(work, name)).staff
        after = replace(before, disabled_at=before.disabled_at or desk.moment)
        await work.staff.change(after)
        await _record(desk, work, "staff.disable", before.id, _told(before), _told(after))
    return after


async def reset_staff(
    desk: Desk, staff_desk: StaffDesk, name: str, password: str | None = None
) -> NewSecrets:
    """New password, seed and recovery codes; unlocked, and enabled again; tokens that still run
    are worth nothing. Raises `StaffRefused` and `SenselessValue`."""
    await authorised(staff_desk.staff, desk.actor.name, Permission.ACCESS_GRANT)
    shown, kept = await _new_secrets(staff_desk, folded_name(name), password)
    async with desk.works.begin(None) as work:
        before = (await _named(work, name)).staff
        after = replace(before, generation=before.generation + 1, disabled_at=None)
        await work.staff.change(after)
        await work.staff.reset(before.id, kept)
        await _record(desk, work, "staff.reset", before.id, _told(before), _told(after))
    return shown


async def _named(work: Work, name: str) -> KnownStaff:
    known = await work.staff.by_name(folded_name(name))
    if known is None:
        raise StaffRefused(f"没有员工 {name}", f"there is no {name}")
    return known


async def _new_secrets(
    staff_desk: StaffDesk, folded: str, password: str | None
) -> tuple[NewSecrets, StaffSecrets]:
    if password is not None:
        check_password(password)
    chosen = password or secrets.token_urlsafe(15)
    seed = staff_desk.one_time.new_seed()
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    kept = StaffSecrets(
        password_hash=await staff_desk.passwords.hash(chosen),
        totp_sealed=staff_desk.sealer.seal(seed, totp_place(folded)),
        recovery_hashes=[staff_desk.recovery_hashes.of(read_recovery(code))[0] for code in codes],
    )
    return NewSecrets(chosen, seed, staff_desk.one_time.link(seed, folded), codes), kept


def _recovery_code() -> str:
    """About 59 bits, in three groups of four."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(signs[at : at + 4] for at in range(0, 12, 4))


def read_recovery(typed: str) -> str:
    """Its one spelling: without hyphens and spaces, in lower case."""
    return "".join(typed.replace("-", " ").split()).lower()


def _told(staff: Staff) -> dict[str, Plain]:
    return {
        "name": staff.name,
        "roles": " ".join(sorted(staff.roles)),
        "stations": " ".join(map(str, sorted(staff.station_ids))),
        "disabled": staff.disabled_at is not None,
    }


async def _record(
    desk: Desk,
    work: Work,
    act: str,
    staff_id: int,
    before: dict[str, Plain] | None = None,
    after: dict[str, Plain] | None = None,
) -> None:
    await work.audit.add(
        AuditRecord(
            act=act,
            subject=f"staff:{staff_id}",
            user_id=None,
            at=desk.moment,
            actor=desk.actor,
            before=before or {},
            after=after or {},
        )
    )
