"""Accounts of machines: a name, a secret shown once, and scopes."""

import secrets
from collections.abc import Iterable, Sequence

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.permissions import NEVER_SERVICES, Permission
from app.domain.identity.principal import Principal, PrincipalKind
from app.ports.applications import ServiceAccount
from app.ports.code_hashes import CodeHashes
from app.ports.staff import StaffRepository
from app.ports.work import Work
from app.resolvers.desk import Desk
from app.resolvers.staff_permits import StaffRefused, authorised

PREFIX = "service-"
"""A service's client id is this and its number."""


async def add_service(
    desk: Desk, staff: StaffRepository, hashes: CodeHashes, name: str, scopes: Iterable[Permission]
) -> tuple[int, str]:
    """The new account's number, and its secret, which nobody can show again. Raises
    `StaffRefused`."""
    given = frozenset(scopes)
    if given & NEVER_SERVICES:
        never = " ".join(sorted(given & NEVER_SERVICES))
        raise StaffRefused(
            f"{never} 只能由人来做，不能给服务账号", f"{never} is for people, never for services"
        )
    await authorised(staff, desk.actor.name, Permission.ACCESS_GRANT)
    secret = secrets.token_urlsafe(32)
    account = ServiceAccount(
        id=0,
        name=name,
        scopes=given,
        added_by=desk.actor.name,
        added_at=desk.moment,
        secret_hash=hashes.of(secret)[0],
    )
    async with desk.works.begin(None) as work:
        service_id = await work.applications.add_service(account)
        if service_id is None:
            raise StaffRefused(f"已有服务账号 {name}", f"there is already a service {name}")
        told: dict[str, Plain] = {"name": name, "scopes": " ".join(sorted(given))}
        await _record(desk, work, "service.add", service_id, told)
    return service_id, secret


async def revoke_service(desk: Desk, staff: StaffRepository, name: str) -> bool:
    """Whether it was not revoked before. No new token from now on; one that runs ends within
    minutes. Raises `StaffRefused`."""
    await authorised(staff, desk.actor.name, Permission.ACCESS_GRANT)
    async with desk.works.begin(None) as work:
        account = await work.applications.service_named(name)
        if account is None:
            raise StaffRefused(f"没有服务账号 {name}", f"there is no service {name}")
        revoked = await work.applications.revoke_service(account.id, desk.moment)
        if revoked:
            await _record(desk, work, "service.revoke", account.id, {"name": name})
    return revoked


def granted(account: ServiceAccount, asked: Sequence[str] | None) -> Principal | None:
    """The account's principal with the scopes that were asked for; None asked: with all of its.
    None: it asked for one that it does not have."""
    scopes = account.scopes
    if asked is not None:
        if not set(asked) <= {scope.value for scope in scopes}:
            return None
        scopes = frozenset(scope for scope in scopes if scope.value in asked)
    return Principal(kind=PrincipalKind.SERVICE, id=account.id, scopes=scopes)


async def _record(
    desk: Desk, work: Work, act: str, service_id: int, after: dict[str, Plain]
) -> None:
    await work.audit.add(
        AuditRecord(
            act=act,
            subject=f"service:{service_id}",
            user_id=None,
            at=desk.moment,
            actor=desk.actor,
            after=after,
        )
    )
