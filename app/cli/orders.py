"""`youhui orders`: one order in full, and what an operator may do with it."""

from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.errors import CommandFailed
from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY
from app.domain.orders.invoice import Invoice
from app.domain.orders.lifecycle import IllegalMove
from app.domain.orders.order import Order
from app.domain.orders.refund_request import OrderRefund
from app.domain.shared.text import Language
from app.outside import Outside
from app.resolvers.order_life import fulfil_now
from app.schema.texts.amounts import decimal_of_thousandths, money
from app.schema.texts.names import PAYMENT_METHODS
from app.schema.texts.orders import ORDER_STATUSES
from app.storage.order_register import PostgresOrderRegister

NUMBER = click.argument("number", metavar="NUMBER")


@click.group()
def orders() -> None:
    """订单：查看、确认加油 · look at an order, say that it was fuelled."""


@orders.command()
@NUMBER
@BY
def show(number: str, by: str) -> None:
    """一个订单的全部：金额、优惠、分摊、退款、发票 · everything about one order."""

    async def read(
        outside: Outside, open_desk: OpenDesk
    ) -> tuple[Order, list[OrderRefund], Invoice | None]:
        key = await order_key(outside, number)
        async with open_desk().works.begin(key[0]) as work:
            order = await work.orders.order(*key)
            if order is None:
                raise _unknown(number)
            return order, list(await work.refunds.of_order(*key)), await work.invoices.invoice(*key)

    order, refunds, invoice = operating(by, read)
    console = Console()
    console.print(_order_table(order))
    console.print(_discount_table(order))
    if refunds:
        console.print(_refund_table(refunds))
    if invoice is not None:
        said = f"发票 invoice {invoice.status}  {money(invoice.amount_fen)}"
        console.print(Text(f"{said}  {invoice.bill.title}  {invoice.number or ''}"))


@orders.command()
@NUMBER
@BY
def fulfil(number: str, by: str) -> None:
    """油站确认已加油：已支付 → 已加油 · the station says that the fuel is in the tank."""

    async def done(outside: Outside, open_desk: OpenDesk) -> Order | None:
        return await fulfil_now(open_desk(), *(await order_key(outside, number)))

    try:
        order = operating(by, done)
    except IllegalMove as illegal:
        status = ORDER_STATUSES[illegal.status]
        raise refused(
            f"订单 {number} 的状态是{status.zh}，不能确认加油",
            f"Order {number} is {illegal.status}: it cannot be fulfilled",
        ) from illegal
    if order is None:
        raise _unknown(number)
    click.echo(f"✓ {number} 已加油 fulfilled")


async def order_key(outside: Outside, number: str) -> tuple[int, int]:
    """(user_id, id) of an order's number. Raises `CommandFailed`."""
    key = await PostgresOrderRegister(outside.engine).key_of(number)
    if key is None:
        raise _unknown(number)
    return key


def _unknown(number: str) -> CommandFailed:
    return CommandFailed(f"没有订单 {number}。", f"There is no order {number}.")


def _order_table(order: Order) -> Table:
    terms = order.terms
    table = Table(show_header=False, title=f"订单 order {order.number}", title_justify="left")
    litres = decimal_of_thousandths(terms.volume_ml)
    for name, value in (
        ("状态 status", f"{ORDER_STATUSES[order.status].zh} {order.status}"),
        ("会员 member", str(order.user_id)),
        ("油站 station", f"{terms.station_name} {terms.station_code}"),
        ("加油 fuel", f"{terms.fuel_grade}  {litres} L  枪 nozzle {terms.nozzle_no or '—'}"),
        ("机显金额 pump amount", money(terms.pump_amount_fen)),
        ("服务费 fee", money(terms.fee_fen)),
        ("优惠 discount", money(terms.discount_fen)),
        ("实付 payable", money(terms.payable_fen)),
        ("已退 refunded", money(order.refunded_fen)),
        ("支付方式 paid by", PAYMENT_METHODS[order.payment_method].in_language(Language.ZH)),
        ("下单 placed", _when(order.placed_at)),
        ("支付 paid", _when(order.paid_at)),
        ("加油 fulfilled", _when(order.fulfilled_at)),
        ("完成 completed", _when(order.completed_at)),
        ("关闭 closed", _when(order.closed_at)),
    ):
        table.add_row(name, Text(value))
    return table


def _discount_table(order: Order) -> Table:
    """Each offer and who bears it, as it was frozen."""
    table = Table("优惠 offer", "代码 code", "承担方 funder", title="分摊 funding")
    table.add_column("金额 amount", justify="right")
    titles = {offer.code: offer.title.zh for offer in order.terms.applied}
    for line in order.terms.ledger.lines:
        for part in line.parts:
            title = Text(titles.get(part.code, ""))
            table.add_row(title, Text(part.code), part.funder.value, money(part.fen))
    return table


def _refund_table(refunds: list[OrderRefund]) -> Table:
    table = Table("退款 refund", "状态 status", "申请 asked", "结束 settled", "原因 reason")
    table.add_column("金额 amount", justify="right")
    for refund in refunds:
        table.add_row(
            Text(refund.number),
            refund.status.value,
            _when(refund.requested_at),
            _when(refund.settled_at),
            Text(refund.reason),
            money(refund.money_fen),
        )
    return table


def _when(at: datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
