"""`youhui payments`: money that is in dispute, until an operator settles it."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.operating import OpenDesk, operating, refused
from app.cli.promotion_store import BY
from app.domain.orders.disputes import DisputeEnd, DisputeFault, DisputeRefused
from app.domain.orders.payment import Payment
from app.outside import Outside
from app.ports.payment_providers import PaymentUnavailable
from app.ports.payments import ListedPayment
from app.resolvers.disputes import resolve_dispute
from app.schema.texts.amounts import money
from app.storage.payment_register import PostgresPaymentRegister

FAULTS = {
    DisputeFault.UNKNOWN: ("没有这个支付单", "there is no such payment"),
    DisputeFault.STATE: ("支付单没有争议", "the payment is not disputed"),
    DisputeFault.NO_MONEY: (
        "支付方没有这笔款项，请先对账",
        "the provider knows of no such money: reconcile first",
    ),
    DisputeFault.REFERENCE: (
        "凭据须为 1 到 64 位字母、数字、- 或 _",
        "the reference has 1 to 64 letters, digits, - or _",
    ),
}


@click.group()
def payments() -> None:
    """有争议的款项：列出、了结 · disputed payments: list them, settle them."""


@payments.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@BY
def listed(limit: int, by: str) -> None:
    """金额不符，或退不回去的款项 · money of another amount than asked, or that would not go back."""

    async def read(outside: Outside, _: OpenDesk) -> list[ListedPayment]:
        return list(await PostgresPaymentRegister(outside.engine).disputed(limit))

    found = operating(by, read)
    if not found:
        click.echo("✓ 没有争议 nothing is disputed")
        return
    table = Table("支付单 payment", "订单 order", "会员 member", "到账 came")
    for column in ("应付 asked", "实到 came"):
        table.add_column(column, justify="right")
    table.add_column("支付方单号 transaction", overflow="fold")
    for one in found:
        table.add_row(*map(Text, _cells(one)))
    Console().print(table)


@payments.command()
@click.argument("number", metavar="NUMBER")
@click.option(
    "--return",
    "end",
    flag_value=DisputeEnd.RETURN.value,
    help="由支付方原路退回 · the provider is to give it back",
)
@click.option(
    "--returned",
    "end",
    flag_value=DisputeEnd.RETURNED.value,
    help="已另行退还 · it was given back by another way",
)
@click.option(
    "--reference",
    required=True,
    metavar="WORD",
    help="凭据，如转账单号、工单号 · where to find it again",
)
@BY
def resolve(number: str, end: str | None, reference: str, by: str) -> None:
    """了结一笔争议：退回，或登记已退还 · settle one: give it back, or say that it was.

    争议款从不算作订单的付款。支付方再次拒绝时，它会重新列为争议。

    Such money never pays an order. Where the provider refuses again, it is disputed again.
    """
    if end is None:
        raise click.UsageError("写 --return 或 --returned 之一 · give --return or --returned")

    async def done(_: Outside, open_desk: OpenDesk) -> Payment:
        return await resolve_dispute(open_desk(), number, DisputeEnd(end), reference)

    try:
        payment = operating(by, done)
    except DisputeRefused as refusal:
        zh, en = FAULTS[refusal.fault]
        stands = f"（{refusal.payment.state}）" if refusal.payment else ""
        raise refused(f"{number}：{zh}{stands}", f"{number}: {en}") from refusal
    except PaymentUnavailable as fault:
        raise refused("支付方没有回答，请稍后再试", "The provider did not answer") from fault
    click.echo(f"✓ {number} {payment.state} {money(payment.paid_fen or 0)}")


def _cells(one: ListedPayment) -> list[str]:
    payment = one.payment
    came = payment.paid_at.astimezone() if payment.paid_at else None
    return [
        payment.number,
        one.order_number,
        str(payment.user_id),
        f"{came:%Y-%m-%d %H:%M}" if came else "",
        money(payment.amount_fen),
        money(payment.paid_fen or 0),
        payment.transaction_id or "",
    ]
