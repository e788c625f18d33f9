"""`youhui invoices`: what drivers asked for, issued, refused or made void by an operator."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.errors import CommandFailed
from app.cli.invoice_files import FilledRow, paper_of, read_filled, write_listed
from app.cli.operating import OpenDesk, operating, refused
from app.cli.orders import NUMBER, order_key
from app.cli.promotion_store import BY
from app.domain.orders.invoice import Invoice, InvoiceStatus
from app.domain.orders.issuing import InvoiceAct, InvoiceFault, InvoiceRefused
from app.outside import Outside
from app.ports.invoices import InvoicePage, InvoiceRegister, ListedInvoice
from app.resolvers.issuing import end_invoice, issue_invoice, note_invoices_read
from app.schema.texts.amounts import money
from app.storage.invoice_register import PostgresInvoiceRegister

REASON = click.option(
    "--reason", required=True, metavar="TEXT", help="原因，用户会看到 · why; the driver reads it"
)
FAULTS = {
    InvoiceFault.UNKNOWN: ("没有申请过发票", "no invoice was asked for"),
    InvoiceFault.STATE: ("发票的状态不允许", "the invoice's state does not allow it"),
    InvoiceFault.AMOUNT: ("金额与应开金额不同", "the amount is not what the invoice is over"),
    InvoiceFault.REFUNDING: (
        "有退款在进行，完成后再开",
        "a refund is under way: issue it after it",
    ),
    InvoiceFault.TAKEN: ("发票号码已用于另一张发票", "another invoice has the number"),
    InvoiceFault.NUMBER: ("发票号码须为 20 位或 8 位数字", "the number has 20 digits, or 8"),
    InvoiceFault.DATE: (
        "开票日期须在支付日与今天之间",
        "the date lies between the payment's day and today",
    ),
    InvoiceFault.URL: ("下载地址须以 https:// 开头", "the address begins with https://"),
    InvoiceFault.REASON: ("原因须为 1 到 100 个字", "the reason has 1 to 100 characters"),
}
PAGE = 1_000

Act = Callable[[Outside, OpenDesk], Awaitable[Invoice]]


@click.group()
def invoices() -> None:
    """发票：列出、开具、驳回、作废 · invoices: list, issue, reject, make void."""


@invoices.command("list")
@click.option(
    "--status",
    type=click.Choice([status.value for status in InvoiceStatus]),
    default=InvoiceStatus.REQUESTED.value,
    show_default=True,
)
@click.option(
    "--over",
    is_flag=True,
    help="只看开多了的：开具之后又退了款，须作废重开 · issued over more than is owed by now",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="全部写入 CSV，含税号和邮箱（会留下记录）· all of them, with tax numbers; it is recorded",
)
@BY
def listed(*, status: str, over: bool, limit: int, out: Path | None, by: str) -> None:
    """等待开具的发票，等得最久的在前 · those that wait, the longest first.

    用 --out 导出，填上号码、日期和下载地址后，用 youhui invoices import 导入。

    Write them out, fill in number, date and address, and give the file to `youhui invoices import`.
    """
    chosen = InvoiceStatus.ISSUED if over else InvoiceStatus(status)
    wanted = InvoicePage(status=chosen, over_issued=over, first=PAGE if out else limit)

    async def read(outside: Outside, open_desk: OpenDesk) -> list[ListedInvoice]:
        register = PostgresInvoiceRegister(outside.engine, outside.sealer)
        if out is None:
            return list(await register.page(wanted))
        found = await _all(register, wanted)
        await note_invoices_read(open_desk(), len(found))
        return found

    found = operating(by, read)
    if out is not None:
        click.echo(f"✓ {write_listed(out, found)}：{len(found)} 张 invoices")
        return
    Console().print(_table(found))


async def _all(register: InvoiceRegister, wanted: InvoicePage) -> list[ListedInvoice]:
    found: list[ListedInvoice] = []
    while page := await register.page(wanted):
        found += page
        last = page[-1].invoice
        wanted = replace(wanted, after=(last.requested_at, last.user_id, last.order_id))
    return found


@invoices.command()
@NUMBER
@click.option("--number", "paper_number", required=True, metavar="N", help="发票号码")
@click.option("--date", "day", required=True, metavar="YYYY-MM-DD", help="开票日期 · its day")
@click.option("--amount", required=True, metavar="YUAN", help="价税合计 · its amount with tax")
@click.option("--url", metavar="URL", help="下载地址 · where it can be fetched")
@BY
def issue(
    *, number: str, paper_number: str, day: str, amount: str, url: str | None, by: str
) -> None:
    """登记一张已开具的发票 · an invoice was issued; again changes nothing."""

    async def done(outside: Outside, open_desk: OpenDesk) -> Invoice:
        key = await order_key(outside, number)
        return await issue_invoice(open_desk(), key, paper_of(paper_number, day, amount, url))

    _told(number, by, done)


@invoices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@BY
def taken_in(file: Path, by: str) -> None:
    """登记文件里的全部发票；未填号码的行略过 · all that the file holds; rows without a number wait.

    每行一个事务；再次导入不改变任何东西。有行被拒时退出码为 1。

    A transaction a row; importing it again changes nothing. Exit code 1 if rows were refused.
    """
    rows = list(read_filled(file))

    async def done(outside: Outside, open_desk: OpenDesk) -> list[tuple[FilledRow, str]]:
        faults: list[tuple[FilledRow, str]] = []
        for row in rows:
            said = await _issued_row(outside, open_desk, row)
            if said is not None:
                faults.append((row, said))
        return faults

    faults = operating(by, done)
    for row, said in faults:
        click.secho(f"{file}:{row.line}  {row.order}", fg="yellow", err=True)
        click.echo(f"    {said}", err=True)
    click.echo(f"✓ {len(rows) - len(faults)} 张 invoices")
    if faults:
        raise CommandFailed(
            f"{len(faults)} 行没有登记，见上。", f"{len(faults)} rows were refused: see above."
        )


async def _issued_row(outside: Outside, open_desk: OpenDesk, row: FilledRow) -> str | None:
    """Why the row was refused; None: it stands."""
    try:
        await issue_invoice(open_desk(), await order_key(outside, row.order), row.paper())
    except InvoiceRefused as refusal:
        return " · ".join(_words(refusal))
    except CommandFailed as unknown:
        return unknown.message.replace("\n", " · ")
    return None


@invoices.command()
@NUMBER
@REASON
@BY
def reject(number: str, reason: str, by: str) -> None:
    """驳回申请 · the invoice will not be issued; the driver may ask again."""
    _ended(number, InvoiceAct.REJECT, reason, by)


@invoices.command("void")
@NUMBER
@REASON
@BY
def made_void(number: str, reason: str, by: str) -> None:
    """已开具的发票作废或红冲 · an issued one counts no longer; the driver may ask again."""
    _ended(number, InvoiceAct.VOID, reason, by)


def _ended(number: str, act: InvoiceAct, reason: str, by: str) -> None:
    async def done(outside: Outside, open_desk: OpenDesk) -> Invoice:
        return await end_invoice(open_desk(), await order_key(outside, number), act, reason)

    _told(number, by, done)


def _told(number: str, by: str, done: Act) -> None:
    try:
        invoice = operating(by, done)
    except InvoiceRefused as refusal:
        zh, en = _words(refusal)
        raise refused(f"订单 {number}：{zh}", f"Order {number}: {en}") from refusal
    click.echo(f"✓ {number} {invoice.status} {invoice.number or ''}")


def _words(refusal: InvoiceRefused) -> tuple[str, str]:
    """With how the invoice stands, where there is one."""
    zh, en = FAULTS[refusal.fault]
    if refusal.invoice is None:
        return zh, en
    stands = f"{refusal.invoice.status} {money(refusal.invoice.amount_fen)}"
    return f"{zh}（{stands}）", f"{en} ({stands})"


def _table(found: list[ListedInvoice]) -> Table:
    table = Table("订单 order", "抬头 title", "税号 tax", "申请 asked", "发票号码 number")
    for column in ("金额 amount", "应开 owed"):
        table.add_column(column, justify="right")
    for one in found:
        invoice = one.invoice
        over = invoice.status is InvoiceStatus.ISSUED and invoice.amount_fen > one.owed_fen
        table.add_row(
            one.number,
            Text(invoice.bill.title),
            "✓" if invoice.bill.tax_number else "",
            f"{invoice.requested_at.astimezone():%Y-%m-%d %H:%M}",
            invoice.number or "",
            money(invoice.amount_fen),
            Text(money(one.owed_fen), "red" if over else ""),
        )
    return table
