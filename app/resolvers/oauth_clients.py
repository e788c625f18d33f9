"""Applications that may sign members in: registered by people, each with where it is sent back."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.permissions import Permission
from app.domain.identity.redirects import check_redirect
from app.ports.applications import ApplicationRepository, OAuthClient
from app.ports.staff import StaffRepository
from app.resolvers.desk import Desk
from app.resolvers.service_accounts import PREFIX
from app.resolvers.staff_permits import StaffRefused, authorised

ID_FORM = re.compile(r"[a-z][a-z0-9.-]{2,63}")


async def register_client(
    desk: Desk, staff: StaffRepository, client_id: str, name: str, redirect_uris: Sequence[str]
) -> None:
    """New, or with another name and other addresses than before. Raises `StaffRefused` and
    `SenselessValue`."""
    if not ID_FORM.fullmatch(client_id) or client_id.startswith(PREFIX):
        raise StaffRefused(
            f"{client_id}：应为小写字母、数字、点或连字符，且不以 {PREFIX} 开头",
            f"{client_id}: lower-case letters, digits, dots or hyphens, and not {PREFIX}…",
        )
    for uri in redirect_uris:
        check_redirect(uri)
    client = OAuthClient(
        client_id=client_id, name=name, redirect_uris=tuple(dict.fromkeys(redirect_uris))
    )
    await _keep(desk, staff, client, "oauth.register")


async def disable_client(
    desk: Desk, staff: StaffRepository, clients: ApplicationRepository, client_id: str
) -> None:
    """No code and no token through it any more; sessions that it opened go on until their next
    refresh. Raises `StaffRefused`."""
    client = await clients.client(client_id)
    if client is None:
        raise StaffRefused(f"没有应用 {client_id}", f"there is no application {client_id}")
    await _keep(desk, staff, replace(client, disabled_at=desk.moment), "oauth.disable")


async def _keep(desk: Desk, staff: StaffRepository, client: OAuthClient, act: str) -> None:
    await authorised(staff, desk.actor.name, Permission.ACCESS_GRANT)
    after: dict[str, Plain] = {
        "name": client.name,
        "redirects": " ".join(client.redirect_uris),
        "disabled": client.disabled_at is not None,
    }
    async with desk.works.begin(None) as work:
        await work.applications.keep_client(client, desk.moment)
        await work.audit.add(
            AuditRecord(
                act=act,
                subject=f"application:{client.client_id}",
                user_id=None,
                at=desk.moment,
                actor=desk.actor,
                after=after,
            )
        )
