"""An account that begins with a balance, as where balances were kept without a ledger before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Cause, EntryKind, Occasion
from app.domain.loyalty.moves import Accrual, accrue
from app.domain.loyalty.rules import LoyaltyRules
from app.domain.loyalty.unit import Unit


def opening(unit: Unit, balance: Balance, at: datetime, rules: LoyaltyRules) -> tuple[Move, ...]:
    """One entry for each part that is not 0: what ends soon, the other available ones (their time
    counts from `at`), those pending (they cool from `at` on). `owed` must be 0."""
    moves: list[Move] = []
    account = Account(unit=unit)
    for accrual in _parts(balance, at, rules):
        move = accrue(account, accrual)
        moves.append(move)
        account = move.account
    return tuple(moves)


def _parts(balance: Balance, at: datetime, rules: LoyaltyRules) -> Iterator[Accrual]:
    later = Accrual(
        amount=balance.available - balance.expiring_soon,
        cause=Cause(name="opening:available", occasion=Occasion.OPENING),
        at=at,
        releases_at=at,
        expires_at=rules.expires_at(at),
        kind=EntryKind.ADJUST,
    )
    if balance.expiring_soon and balance.expiring_at is not None:
        cause = replace(later.cause, name="opening:expiring")
        yield replace(
            later, amount=balance.expiring_soon, cause=cause, expires_at=balance.expiring_at
        )
    if later.amount:
        yield later
    if balance.pending:
        cause = replace(later.cause, name="opening:pending")
        releases_at = at + rules.cooling
        yield replace(later, amount=balance.pending, cause=cause, releases_at=releases_at)
