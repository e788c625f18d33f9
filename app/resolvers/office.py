"""Who stands behind a request of staff or a service, as it is now."""

from dataclasses import dataclass

from app.domain.audit.record import Actor, ActorKind
from app.domain.identity.permissions import Permission
from app.domain.identity.principal import Principal, PrincipalKind
from app.domain.identity.staff import Staff
from app.resolvers.context import RequestContext, WritingUnavailable
from app.resolvers.desk import Desk
from app.resolvers.errors import NotPermitted
from app.resolvers.office_desk import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Whoever may: a person of staff, or (`staff` None) a service, which is bound to no station."""

    name: str
    actor: Actor
    staff: Staff | None

    def reaches(self, permission: Permission, station_id: int) -> bool:
        return self.staff is None or self.staff.may_at(permission, station_id)


def office_of(context: RequestContext) -> Office:
    """Makes the answer private. Raises `NotPermitted` where there is none."""
    context.private = True
    if context.office is None:
        raise NotPermitted
    return context.office


async def acting(context: RequestContext, permission: Permission) -> Acting:
    """Who asks, if they may, as it stands now: a token tells what once was. Whoever was disabled,
    reset or revoked since, or lost the role, raises `NotPermitted`."""
    office, principal = office_of(context), context.principal
    if principal is None or not principal.may(permission):
        raise NotPermitted
    if principal.kind is PrincipalKind.STAFF:
        found = await signed_in_staff(context, office)
        if found is None or not found.may(permission):
            raise NotPermitted
        return Acting(name=found.name, actor=_actor(context, principal, found.name), staff=found)
    if principal.kind is PrincipalKind.SERVICE:
        account = await context.once("service", lambda: office.applications.service(principal.id))
        if account is None or account.revoked_at is not None or permission not in account.scopes:
            raise NotPermitted
        actor = _actor(context, principal, account.name)
        return Acting(name=account.name, actor=actor, staff=None)
    raise NotPermitted


async def signed_in_staff(context: RequestContext, office: Office) -> Staff | None:
    """The person of staff who asks, as they stand now. None: nobody of staff, or no longer."""
    principal = context.principal
    if principal is None or principal.kind is not PrincipalKind.STAFF:
        return None
    found = await context.once("staff", lambda: office.staff.find(principal.id))
    if found is None or found.disabled_at is not None:
        return None
    return found if found.generation == principal.session_id else None


def desk_of(context: RequestContext, who: Acting) -> Desk:
    """Where they write. Raises `WritingUnavailable`."""
    if context.open_desk is None:
        raise WritingUnavailable
    return context.open_desk(context.moment, context.catalog, who.actor)


def _actor(context: RequestContext, principal: Principal, name: str) -> Actor:
    kind = ActorKind.STAFF if principal.kind is PrincipalKind.STAFF else ActorKind.SERVICE
    return Actor(kind=kind, name=name, device=context.device, request_id=context.request_id)
