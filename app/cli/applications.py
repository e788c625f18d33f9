"""`youhui apps`: applications that sign members in by OAuth."""

from collections.abc import Awaitable, Callable, Sequence

import click
from rich.console import Console
from rich.table import Table

from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY
from app.domain.shared.senseless import SenselessValue
from app.outside import Outside
from app.ports.applications import OAuthClient
from app.resolvers.oauth_clients import disable_client, register_client
from app.resolvers.staff_permits import StaffRefused

CLIENT = click.argument("client_id", metavar="CLIENT_ID")


@click.group()
def applications() -> None:
    """以 OAuth 登录会员的应用 · applications that sign members in.

    \b
    授权码 + PKCE（S256）：/oauth/authorize、/oauth/token、/oauth/revoke
    自述 described at /.well-known/oauth-authorization-server
    """


@applications.command()
@CLIENT
@click.option("--name", required=True, help="显示给会员的名称 · as members read it")
@click.option(
    "--redirect",
    "redirects",
    multiple=True,
    required=True,
    metavar="URI",
    help="登记的回跳地址，可多次；http://127.0.0.1/… 接受任意端口 · where it is sent back, exactly; "
    "http://127.0.0.1/… takes any port",
)
@BY
def add(client_id: str, name: str, redirects: tuple[str, ...], by: str) -> None:
    """登记或更改 · register, or change."""

    async def added(outside: Outside, open_desk: OpenDesk) -> None:
        await register_client(open_desk(), outside.staff_desk.staff, client_id, name, redirects)

    _operated(by, added)
    click.echo(f"✓ {client_id}")


@applications.command()
@CLIENT
@BY
def disable(client_id: str, by: str) -> None:
    """停用 · no more signing in through it."""

    async def disabled(outside: Outside, open_desk: OpenDesk) -> None:
        staff, clients = outside.staff_desk.staff, outside.applications
        await disable_client(open_desk(), staff, clients, client_id)

    _operated(by, disabled)
    click.echo(f"✓ 已停用 disabled: {client_id}")


@applications.command(name="list")
@BY
def listed(by: str) -> None:
    """列出应用 · all of them."""

    async def read(outside: Outside, _: OpenDesk) -> Sequence[OAuthClient]:
        return await outside.applications.clients()

    table = Table(title="应用 applications")
    for heading in ("client_id", "名称 name", "回跳 redirects", "状态 state"):
        table.add_column(heading)
    for one in operating(by, read):
        state = "有效 active" if one.disabled_at is None else "已停用 disabled"
        table.add_row(one.client_id, one.name, "\n".join(one.redirect_uris), state)
    Console().print(table)


def _operated(by: str, use: Callable[[Outside, OpenDesk], Awaitable[None]]) -> None:
    try:
        operating(by, use)
    except (StaffRefused, SenselessValue) as error:
        raise refused(error.zh, error.en) from error
