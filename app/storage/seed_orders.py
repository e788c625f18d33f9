"""What followed the orders of demo members as rows: refunds, and what each funder owes."""

from collections.abc import Iterator

from psycopg.types.json import Jsonb

from app.domain.orders import refund as plans
from app.domain.orders.settlement import FundingEntry, owed_for, returned_by
from app.ports.seeding import SeedContents, SeedMember
from app.storage.funding import entry_values
from app.storage.refunds import refund_values
from app.storage.seed_table import TableRows, rows_of


def order_life_tables(contents: SeedContents) -> Iterator[TableRows]:
    """In the order that their keys ask for, after the orders."""
    refunds = [refund for each in contents.members for refund in each.refunds]
    yield from rows_of(
        "order_refund",
        [
            {**refund_values(one), "id": one.id, "restored": Jsonb([])}  # none gave a thing back
            for one in refunds
        ],
    )
    entries = [entry for each in contents.members for entry in _entries(each)]
    yield from rows_of("funding_entry", list(map(entry_values, entries)))


def _entries(seeded: SeedMember) -> Iterator[FundingEntry]:
    """As payments and refunds write them."""
    orders = {order.id: order for order in seeded.orders}
    for order in seeded.orders:
        if order.paid_at is not None:
            yield from owed_for(order, order.paid_at)
    for refund in seeded.refunds:
        order = orders[refund.order_id]
        plan = plans.refund(order.terms.ledger, refund.before, refund.after)
        yield from returned_by(order, refund.id, plan, refund.settled_at or refund.requested_at)
