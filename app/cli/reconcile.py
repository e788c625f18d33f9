"""`youhui reconcile`: our payments and refunds of a day against the provider's bill."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.csv_files import write_csv
from app.cli.errors import CommandFailed, ExitCode, storage_failed
from app.cli.servers import databases
from app.domain.orders.reconciliation import Difference, DifferenceKind, Reconciliation
from app.integrations.local_servers import running_servers
from app.integrations.wechat_pay.account import account_of
from app.integrations.wechat_pay.provider import WeChatPay
from app.integrations.wechat_pay_simulator.account import simulated_account
from app.ports.errors import StorageUnavailable
from app.ports.payment_providers import PaymentUnavailable
from app.resolvers.reconcile import reconcile as run
from app.schema.texts.amounts import money
from app.settings import Settings, WeChatPaySettings
from app.storage.engine import make_engine
from app.storage.reconciliation import PostgresReconciliationRepository

BEIJING = ZoneInfo("Asia/Shanghai")
SIMULATOR = "pay-simulator"
KINDS = {
    DifferenceKind.MISSING_HERE: "我方没有 missing here",
    DifferenceKind.MISSING_THERE: "账单没有 missing there",
    DifferenceKind.AMOUNT: "金额不同 amount",
    DifferenceKind.STATE: "状态不同 state",
}
COLUMNS = (
    "差异 kind",
    "支付单号 payment",
    "退款单号 refund",
    "我方(分) ours fen",
    "我方状态 ours state",
    "账单(分) theirs fen",
    "账单状态 theirs state",
)


@click.command()
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="北京时间的日期，默认昨天 · a day in Beijing, yesterday by default",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reconciliations"),
    show_default=True,
    help="写入的文件夹 · where the file goes",
)
def reconcile(day: datetime | None, out: Path) -> None:
    """与支付方账单对账 · our payments and refunds of a day against the provider's bill.

    打印差异并写入 CSV；有差异时退出码为 1。次日十点以后才有账单。

    Prints the differences and writes them as CSV; exit code 1 if there are any. A bill is there
    from ten o'clock of the next day.
    """
    yesterday = datetime.now(UTC).astimezone(BEIJING).date() - timedelta(days=1)
    found = _reconciliation(day.date() if day else yesterday)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"reconciliation-{found.day.isoformat()}.csv"
    file = write_csv(path, COLUMNS, [_row(one) for one in found.differences])
    click.echo(
        f"账单 bill {found.day}：支付 payments {found.payments}，{money(found.paid_fen)}；"
        f"退款 refunds {found.refunds}，{money(found.refunded_fen)}"
    )
    if found.differences:
        Console().print(_table(found))
    click.echo(f"✓ {file}")
    if found.differences:
        raise CommandFailed(
            f"有 {len(found.differences)} 处差异，见上表。",
            f"{len(found.differences)} differences: see above.",
        )
    click.echo("✓ 与账单一致 all of it ties to the bill")


def _reconciliation(day: date) -> Reconciliation:
    settings = Settings()

    async def read(url: str) -> Reconciliation:
        engine = make_engine(
            url, application_name="youhui-reconcile", pool_size=1, statement_timeout_ms=600_000
        )
        provider = _provider(settings)
        try:
            return await run(provider, PostgresReconciliationRepository(engine), day)
        finally:
            await provider.close_connections()
            await engine.dispose()

    with databases(settings) as at:
        try:
            return asyncio.run(read(at.database_url))
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault
        except PaymentUnavailable as fault:
            raise CommandFailed(
                f"取不到账单：{fault}。账单在次日十点以后生成；请稍后再试。",
                f"The bill cannot be fetched ({fault}): it is made by ten o'clock of the next day.",
            ) from fault


def _provider(settings: Settings) -> WeChatPay:
    """The merchant's account, else the simulator of the running demo."""
    pay = WeChatPaySettings()
    account = account_of(pay)
    if account is not None:
        return WeChatPay(account)
    running = running_servers(settings.data_dir)
    addresses = [s.address for s in running.servers if s.name == SIMULATOR] if running else []
    base_url = pay.base_url or next(iter(addresses), None)
    if base_url is None:
        raise CommandFailed(
            "没有设置微信支付账户（YOUHUI_WECHAT_PAY_…），也没有正在运行的演示。",
            "No account at WeChat Pay is set (YOUHUI_WECHAT_PAY_…), and no demo is running.",
            ExitCode.USAGE,
        )
    return WeChatPay(simulated_account(settings.data_dir, base_url, base_url))


def _row(one: Difference) -> list[str | int]:
    return [
        KINDS[one.kind],
        one.number,
        one.refund_number or "",
        "" if one.ours_fen is None else one.ours_fen,
        one.ours_state or "",
        "" if one.theirs_fen is None else one.theirs_fen,
        one.theirs_state or "",
    ]


def _table(found: Reconciliation) -> Table:
    table = Table(title=f"差异 differences {found.day}", title_justify="left")
    for column in ("差异 kind", "支付单号 payment", "退款单号 refund"):
        table.add_column(column, overflow="fold")
    for column in ("我方 ours", "账单 theirs"):
        table.add_column(column, justify="right")
    for one in found.differences:
        table.add_row(
            KINDS[one.kind],
            Text(one.number),
            Text(one.refund_number or ""),
            _told(one.ours_fen, one.ours_state),
            _told(one.theirs_fen, one.theirs_state),
        )
    return table


def _told(fen: int | None, state: str | None) -> str:
    return "—" if fen is None else f"{money(fen)} {state}"
