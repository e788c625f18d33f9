"""The `youhui` command. Each command lies in its own module and is loaded only when it is used."""

import gc
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, cast

import click

from app.cli.errors import reported


class Place(NamedTuple):
    """Where a command lies, and the line that `youhui --help` shows for it."""

    module: str
    attribute: str
    help: str


COMMANDS = {
    "demo": Place("app.cli.demo", "demo", "一条命令启动演示 · everything, with demo data"),
    "serve": Place("app.cli.serve", "serve", "启动 HTTP 服务 · the GraphQL server"),
    "worker": Place("app.cli.worker", "worker", "运行后台任务 · runs jobs"),
    "jobs": Place("app.cli.jobs", "jobs", "后台任务与放弃的任务 · jobs, and those given up"),
    "servers": Place("app.cli.servers", "servers", "本地服务的进程、地址、日志 · local servers"),
    "keys": Place("app.cli.keys", "keys", "签名密钥的轮换 · rotate the signing keys"),
    "migrate": Place(
        "app.cli.migrate", "migrate", "升级数据库结构 · bring the database up to date"
    ),
    "seed": Place("app.cli.seed", "seed", "生成演示数据 · generate demo data"),
    "import": Place("app.cli.imports", "imports", "导入油站与限价 · stations and ceiling prices"),
    "promotions": Place("app.cli.promotions", "promotions", "发布优惠活动 · publish promotions"),
    "coupons": Place("app.cli.coupons", "coupons", "发券、兑换码、收回 · issue, codes, revoke"),
    "orders": Place("app.cli.orders", "orders", "查看订单、确认加油 · orders, for operators"),
    "invoices": Place(
        "app.cli.invoices", "invoices", "开票、驳回、作废 · invoices that were asked for"
    ),
    "payments": Place("app.cli.payments", "payments", "有争议的款项 · money that is in dispute"),
    "referral": Place("app.cli.referral", "referral", "邀请规则 · the rules of referral"),
    "settle": Place("app.cli.settle", "settle", "补贴分摊 · what each funder owes for a day"),
    "reconcile": Place(
        "app.cli.reconcile", "reconcile", "与支付账单对账 · against the provider's bill"
    ),
    "evaluate": Place(
        "app.cli.evaluate", "evaluate", "为用例定价并说明原因 · price a case, tell why"
    ),
    "pay-simulator": Place(
        "app.cli.pay_simulator", "pay_simulator", "模拟微信支付 · a simulator of WeChat Pay"
    ),
    "staff": Place("app.cli.staff", "staff", "员工、角色、重置 · people of staff"),
    "apps": Place("app.cli.applications", "applications", "登录会员的应用 · OAuth applications"),
    "services": Place("app.cli.services", "services", "服务账号 · accounts of machines"),
    "contract": Place(
        "app.cli.contract", "contract", "清单、契约检查、用量 · manifests, checks, usage"
    ),
    "login-simulator": Place(
        "app.cli.login_simulator",
        "login_simulator",
        "模拟微信登录与短信 · a simulator of WeChat's login and SMS",
    ),
    "schema": Place("app.cli.schema", "schema", "打印或核对 GraphQL 契约 · print or check the SDL"),
}


class LazyGroup(click.Group):
    """Knows its commands by name; imports a command's module only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        return cast("click.Command", getattr(_imported(place.module), place.attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


def _imported(module: str) -> ModuleType:
    """Modules stay to the end: looking for cycles among them while they are read, and ever after,
    finds nothing and takes a tenth of the start."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _tell_version(context) if asked else None,
    help="显示版本 · show the version and exit",
)
def youhui() -> None:
    """油惠 Youhui：加油优惠平台 · the fuel-discount platform."""


def _tell_version(context: click.Context) -> None:
    """From `pyproject.toml` beside the package: a checkout is used as it is, not installed."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    click.echo(f"youhui {tomllib.loads(project.read_text('utf-8'))['project']['version']}")
    context.exit()


def main() -> None:
    """Run the command line; exit code 0: done, 2: wrong usage, others: `app.cli.errors`."""
    with reported():
        sys.exit(youhui.main(prog_name="youhui", standalone_mode=False))
