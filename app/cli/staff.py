"""`youhui staff`: people of staff, appointed, changed, disabled and reset."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY
from app.domain.checkout.catalog import Catalog
from app.domain.identity.roles import Role, RolesRefused
from app.domain.identity.staff import Lock, Staff
from app.domain.shared.senseless import SenselessValue
from app.outside import Outside
from app.resolvers.desk import Desk
from app.resolvers.staff_access import (
    NewSecrets,
    add_staff,
    change_staff,
    disable_staff,
    reset_staff,
)
from app.resolvers.staff_permits import StaffRefused

T = TypeVar("T")

NAME = click.argument("name", metavar="NAME")
ROLES = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role if role is not Role.DRIVER]),
    help="角色，可多次 · a role; may be given several times",
)
STATIONS = click.option(
    "--station",
    "stations",
    multiple=True,
    metavar="CODE",
    help="绑定的油站代码，可多次 · the station's code, for roles held at stations",
)
PASSWORD = click.option(
    "--ask-password", is_flag=True, help="自定密码；否则生成一个 · type one; else one is made"
)


@click.group()
def staff() -> None:
    """员工：任命、角色、停用、重置 · people of staff.

    任命第一位员工之前，任何能运行本命令的人都可以任命；之后 --as 须是有 access:grant 权限的员工。
    首先任命一位 ADMINISTRATOR。

    Until somebody is appointed, whoever can run this may appoint; from then on --as must name
    somebody with the permission access:grant. Appoint an ADMINISTRATOR first.
    """


@staff.command()
@NAME
@ROLES
@STATIONS
@PASSWORD
@BY
def add(
    name: str, roles: tuple[str, ...], stations: tuple[str, ...], ask_password: bool, by: str
) -> None:
    """任命；密码、验证器和恢复码只显示一次 · appoint; the secrets are shown once."""
    password = _typed() if ask_password else None

    async def added(outside: Outside, open_desk: OpenDesk) -> NewSecrets:
        desk = open_desk()
        at = _stations(desk.catalog, stations)
        return await add_staff(desk, outside.staff_desk, name, map(Role, roles), at, password)

    _show(name, _operated(by, added))


@staff.command(name="list")
@BY
def listed(by: str) -> None:
    """列出员工 · everyone, with their roles."""

    async def told(outside: Outside, open_desk: OpenDesk) -> Table:
        return _table(await outside.staff_desk.staff.listed(), open_desk())

    Console().print(_operated(by, told))


@staff.command(name="roles")
@NAME
@ROLES
@STATIONS
@BY
def change(name: str, roles: tuple[str, ...], stations: tuple[str, ...], by: str) -> None:
    """改为这些角色与油站；立即生效 · these roles and stations instead, at once."""

    async def changed(outside: Outside, open_desk: OpenDesk) -> Staff:
        desk = open_desk()
        at = _stations(desk.catalog, stations)
        return await change_staff(desk, outside.staff_desk, name, map(Role, roles), at)

    after = _operated(by, changed)
    click.echo(f"✓ {after.name}: {' '.join(sorted(after.roles))}")


@staff.command()
@NAME
@BY
def disable(name: str, by: str) -> None:
    """停用；已发的令牌立即失效 · no more signing in, and no token of theirs counts."""

    async def disabled(outside: Outside, open_desk: OpenDesk) -> Staff:
        return await disable_staff(open_desk(), outside.staff_desk, name)

    click.echo(f"✓ 已停用 disabled: {_operated(by, disabled).name}")


@staff.command()
@NAME
@PASSWORD
@BY
def reset(name: str, ask_password: bool, by: str) -> None:
    """重置密码、验证器和恢复码；解锁并恢复启用 · new secrets; unlocked and enabled."""
    password = _typed() if ask_password else None

    async def changed(outside: Outside, open_desk: OpenDesk) -> NewSecrets:
        return await reset_staff(open_desk(), outside.staff_desk, name, password)

    _show(name, _operated(by, changed))


def _typed() -> str:
    return click.prompt("密码 password", hide_input=True, confirmation_prompt=True)


def _operated(by: str, use: Callable[[Outside, OpenDesk], Awaitable[T]]) -> T:
    try:
        return operating(by, use)
    except (StaffRefused, RolesRefused, SenselessValue) as error:
        raise refused(error.zh, error.en) from error


def _stations(catalog: Catalog, codes: Sequence[str]) -> list[int]:
    """Their ids. Wrong usage: a code that no station has."""
    by_code = catalog.stations.by_code
    for code in codes:
        if code not in by_code:
            raise click.BadParameter(f"没有油站 {code} · there is no station {code}")
    return [by_code[code].id for code in codes]


def _show(name: str, shown: NewSecrets) -> None:
    click.echo(
        f"✓ {name}\n"
        f"  密码 password        {shown.password}\n"
        f"  验证器 authenticator {shown.totp_link}\n"
        f"  恢复码 recovery      {shown.recovery_codes[0]}"
    )
    for code in shown.recovery_codes[1:]:
        click.echo(f"{'':23}{code}")
    click.echo("只显示这一次，请交给本人 · shown this once: hand it over")


def _table(found: Sequence[tuple[Staff, Lock]], desk: Desk) -> Table:
    table = Table(title="员工 staff")
    for heading in ("姓名 name", "角色 roles", "油站 stations", "状态 state"):
        table.add_column(heading)
    for one, lock in found:
        places = (desk.catalog.stations.by_id.get(at) for at in sorted(one.station_ids))
        codes = " ".join(place.code for place in places if place is not None)
        table.add_row(one.name, " ".join(sorted(one.roles)), codes, _state(one, lock, desk.moment))
    return table


def _state(one: Staff, lock: Lock, moment: datetime) -> str:
    if one.disabled_at is not None:
        return "已停用 disabled"
    return "已锁定 locked" if lock.holds(moment) else "在职 active"
