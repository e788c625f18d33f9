"""Staff sign in: a password and a second factor, together, and no word about which was wrong."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.audit.record import Actor, ActorKind, AuditRecord, Plain
from app.domain.identity.staff import LONGEST_PASSWORD, Lock, Staff
from app.domain.shared.names import folded_name
from app.ports.sealing import SealBroken
from app.ports.staff import KnownStaff, totp_place
from app.ports.work import Work, Works
from app.resolvers.staff_access import read_recovery
from app.resolvers.staff_desk import StaffDesk

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffProof:
    """`code`: six digits of an authenticator app, or a recovery code."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)


async def sign_in_staff(
    works: Works, desk: StaffDesk, proof: StaffProof, moment: datetime, request_id: str | None
) -> Staff | None:
    """None: refused. Unknown, disabled and locked names, wrong passwords and wrong codes answer
    alike and take as long; five misses lock for 15 minutes. A code is taken once."""
    if len(proof.name) > LONGEST_NAME or len(proof.password) > LONGEST_PASSWORD:
        return None
    folded = folded_name(proof.name)
    async with works.begin(None) as work:
        known = await work.staff.by_name(folded)
    if known is None:
        await desk.passwords.waste(proof.password)
        return None
    # Outside of any transaction: it takes long on purpose.
    right = await desk.passwords.holds(known.secrets.password_hash, proof.password)
    renewed = None
    if right and desk.passwords.outdated(known.secrets.password_hash):
        renewed = await desk.passwords.hash(proof.password)
    async with works.begin(None) as work:
        now = await work.staff.by_name(folded)
        if now is None or now.secrets.password_hash != known.secrets.password_hash:
            return None  # reset meanwhile
        signed_in = await _judged(work, desk, now, proof, right, moment)
        if signed_in and renewed is not None:
            await work.staff.keep_hash(now.staff.id, renewed)
        await work.audit.add(_record(now, signed_in, moment, request_id))
    return known.staff if signed_in else None


async def _judged(
    work: Work, desk: StaffDesk, known: KnownStaff, proof: StaffProof, right: bool, at: datetime
) -> bool:
    staff_id = known.staff.id
    if known.staff.disabled_at is not None or known.lock.holds(at):
        return False
    if right and await _second_factor(work, desk, known, proof.code, at):
        await work.staff.keep_lock(staff_id, Lock())
        return True
    await work.staff.keep_lock(staff_id, known.lock.missed(at))
    return False


async def _second_factor(
    work: Work, desk: StaffDesk, known: KnownStaff, typed: str, at: datetime
) -> bool:
    staff_id = known.staff.id
    code = "".join(typed.split())
    if len(code) == 6 and code.isascii() and code.isdigit():
        seed = _seed(desk, known)
        step = desk.one_time.step_of(seed, code, at) if seed else None
        if step is None or step <= known.totp_step:
            return False
        await work.staff.take_step(staff_id, step)
        return True
    hashes = desk.recovery_hashes.of(read_recovery(typed[:40]))
    return await work.staff.use_recovery(staff_id, hashes, at)


def _seed(desk: StaffDesk, known: KnownStaff) -> str | None:
    place = totp_place(folded_name(known.staff.name))
    try:
        return desk.sealer.open(known.secrets.totp_sealed, place)
    except SealBroken:
        return None


def _record(
    known: KnownStaff, signed_in: bool, at: datetime, request_id: str | None
) -> AuditRecord:
    after: dict[str, Plain] = {"locked": known.lock.holds(at)}
    return AuditRecord(
        act="staff.sign_in" if signed_in else "staff.sign_in_refused",
        subject=f"staff:{known.staff.id}",
        user_id=None,
        at=at,
        actor=Actor(kind=ActorKind.STAFF, name=known.staff.name, request_id=request_id),
        after={} if signed_in else after,
    )
