"""`youhui services`: accounts of machines."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY
from app.domain.identity.permissions import NEVER_SERVICES, Permission
from app.outside import Outside
from app.ports.applications import ServiceAccount
from app.resolvers import service_accounts
from app.resolvers.staff_permits import StaffRefused

NAME = click.argument("name", metavar="NAME")
SCOPES = click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Permission if scope not in NEVER_SERVICES]),
    help="权限范围，可多次 · a scope; may be given several times",
)


@click.group()
def services() -> None:
    """服务账号：机器以 client_credentials 换取令牌 · accounts of machines.

    \b
    curl -u service-N:SECRET -d grant_type=client_credentials http://…/oauth/token
    """


@services.command()
@NAME
@SCOPES
@BY
def add(name: str, scopes: tuple[str, ...], by: str) -> None:
    """新增；密钥只显示一次 · a new one; its secret is shown once."""

    async def added(outside: Outside, open_desk: OpenDesk) -> tuple[int, str]:
        return await service_accounts.add_service(
            open_desk(),
            outside.staff_desk.staff,
            outside.service_hashes,
            name,
            map(Permission, scopes),
        )

    try:
        number, secret = operating(by, added)
    except StaffRefused as error:
        raise refused(error.zh, error.en) from error
    click.echo(
        f"✓ {name}\n"
        f"  client_id      {service_accounts.PREFIX}{number}\n"
        f"  client_secret  {secret}\n"
        "密钥只显示这一次 · the secret is shown this once"
    )


@services.command(name="list")
@BY
def listed(by: str) -> None:
    """列出服务账号 · all of them."""

    async def read(outside: Outside, _: OpenDesk) -> Sequence[ServiceAccount]:
        return await outside.applications.services()

    table = Table(title="服务账号 services")
    for heading in (
        "client_id",
        "名称 name",
        "范围 scopes",
        "新增 added",
        "最近 last",
        "状态 state",
    ):
        table.add_column(heading)
    for one in operating(by, read):
        last = one.last_used_at
        table.add_row(
            f"{service_accounts.PREFIX}{one.id}",
            one.name,
            " ".join(sorted(one.scopes)),
            f"{one.added_at.astimezone():%Y-%m-%d} {one.added_by}",
            "" if last is None else f"{last.astimezone():%Y-%m-%d %H:%M}",
            "有效 active" if one.revoked_at is None else "已吊销 revoked",
        )
    Console().print(table)


@services.command()
@NAME
@BY
def revoke(name: str, by: str) -> None:
    """吊销：不再发令牌 · no token any more."""

    async def revoked(outside: Outside, open_desk: OpenDesk) -> bool:
        return await service_accounts.revoke_service(open_desk(), outside.staff_desk.staff, name)

    try:
        first = operating(by, revoked)
    except StaffRefused as error:
        raise refused(error.zh, error.en) from error
    click.echo("✓ 已吊销 revoked" if first else "先前已吊销 was revoked before")
