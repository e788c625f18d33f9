"""Points and fuel credit of the demo members as rows: each account opens with its balance."""

from collections.abc import Iterator

from app.domain.loyalty.account import Move
from app.domain.loyalty.opening import opening
from app.domain.loyalty.rules import DEFAULT_LOYALTY_RULES
from app.domain.loyalty.unit import Unit
from app.ports.seeding import SeedContents
from app.storage.accounts import account_values, entry_values, lot_values, posting_values
from app.storage.seed_table import TableRows, rows_of


def account_tables(contents: SeedContents) -> Iterator[TableRows]:
    """In the order that their keys ask for. A member without a balance has no account."""
    moves = list(_opened(contents))
    last = {(user_id, move.entry.unit): (user_id, move.account) for user_id, move in moves}
    yield from rows_of("loyalty_account", [account_values(*each) for each in last.values()])
    yield from rows_of(
        "ledger_entry", [entry_values(user_id, move.entry) for user_id, move in moves]
    )
    yield from rows_of(
        "ledger_posting",
        [posting for user_id, move in moves for posting in posting_values(user_id, move.entry)],
    )
    yield from rows_of(
        "ledger_lot",
        [lot_values(user_id, move.entry.unit, lot) for user_id, move in moves for lot in move.lots],
    )


def _opened(contents: SeedContents) -> Iterator[tuple[int, Move]]:
    for each in contents.members:
        for unit, balance in ((Unit.POINTS, each.points), (Unit.FUEL_CREDIT, each.fuel_credit)):
            for move in opening(unit, balance, contents.moment, DEFAULT_LOYALTY_RULES):
                yield each.member.user_id, move
