"""What holds of the money in every world: at the provider, in dispute, on invoices."""

from collections import Counter
from collections.abc import Iterator

from app.domain.orders.invoice import InvoiceStatus, paid_in_money_fen
from app.domain.orders.payment import PaymentState
from app.domain.orders.status import OrderStatus
from app.domain.shared.payment import PaymentMethod
from tests.simulation.world import World

UNPAID = (OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REFUNDED)
"""Nothing of what they cost is kept."""


def money_at_the_provider(world: World) -> Iterator[str]:
    numbers = {p.number: p for p in world.store.rows("payments").values()}
    kept = Counter[tuple[int, int]]()
    for number, at_provider in world.pay.payments.items():
        payment = numbers.get(number)
        if payment is None:
            yield f"the provider knows {number}, we do not"
            continue
        if payment.state is not PaymentState.DISPUTED:
            kept[payment.user_id, payment.order_id] += at_provider.kept_fen
    for order in world.store.rows("orders").values():
        wanted = order.terms.payable_fen - order.refunded_fen
        if order.status in UNPAID or order.payment_method is PaymentMethod.FUEL_CREDIT:
            wanted = 0
        has = kept[order.user_id, order.id]
        if has != wanted:
            yield f"order {order.id}, {order.status}: {has} fen at the provider, not {wanted}"


def disputed_money_pays_nothing(world: World) -> Iterator[str]:
    """Another amount than was asked: it stays where it is, for a person to judge."""
    for payment in world.store.rows("payments").values():
        there = world.pay.payments.get(payment.number)
        came = there is not None and there.paid_at is not None
        differs = there is not None and came and there.paid_fen != payment.amount_fen
        if differs != (payment.state is PaymentState.DISPUTED):
            yield f"{payment}, but {there}"


def invoices_follow_refunds(world: World) -> Iterator[str]:
    """Over what was paid and is not refunded; none over nothing; none is lost."""
    invoices = world.store.rows("invoices")
    for key, invoice in invoices.items():
        left = paid_in_money_fen(world.store.rows("orders")[key])
        should = InvoiceStatus.REQUESTED if left else InvoiceStatus.FAILED
        if invoice.status is not should or (left and invoice.amount_fen != left):
            yield f"{invoice}, but {left} fen are left"
    for asked in world.history:
        told = asked.operation == "invoice" and asked.told("order_id") is not None
        if told and (asked.user_id, asked.about["order"]) not in invoices:
            yield f"{asked.key}: an invoice was acknowledged and is not there"
