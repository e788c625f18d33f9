"""Points and fuel credit, example by example."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.loyalty.account import Account, balance_at
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Cause, EntryKind, Holding, Occasion
from app.domain.loyalty.losses import expire, take_back
from app.domain.loyalty.moves import (
    Accrual,
    BalanceShort,
    accrue,
    burn,
    give_back,
    release,
    returnable,
)
from app.domain.loyalty.opening import opening
from app.domain.loyalty.rules import LoyaltyRules
from app.domain.loyalty.unit import Unit

NOON = datetime(2026, 4, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def cause(name: str) -> Cause:
    return Cause(name=name, occasion=Occasion.ORDER, order_id=1)


def with_lots(*lots: tuple[int, int]) -> Account:
    """Released lots of (amount, days until the end)."""
    account = Account(unit=Unit.POINTS)
    for number, (amount, days) in enumerate(lots):
        given = Accrual(
            amount=amount,
            cause=cause(str(number)),
            at=NOON,
            releases_at=NOON,
            expires_at=NOON + days * DAY,
        )
        account = accrue(account, given).account
    return account


def left(account: Account) -> dict[int, int]:
    return {lot.seq: lot.left for lot in account.lots}


def test_what_ends_first_is_burnt_first():
    move = burn(with_lots((100, 9), (100, 3), (100, 6)), 150, cause("b"), NOON)
    assert left(move.account) == {1: 100, 2: 0, 3: 50}
    assert (move.entry.amount, move.entry.available_after) == (-150, 150)


def test_more_than_there_is_burns_nothing():
    with pytest.raises(BalanceShort):
        burn(with_lots((100, 9)), 101, cause("b"), NOON)


def test_what_has_ended_is_not_there_to_burn():
    account = with_lots((100, 1), (50, 2))
    with pytest.raises(BalanceShort):
        burn(account, 51, cause("b"), NOON + DAY)
    assert burn(account, 50, cause("b"), NOON + DAY).account.available == 100


def test_what_was_burnt_returns_to_its_lots_and_expires_with_them():
    burnt = burn(with_lots((100, 1), (100, 9)), 150, cause("b"), NOON)
    parts = returnable(burnt.entry, [])
    back = give_back(burnt.account, burnt.entry, parts, cause("r"), NOON + 2 * DAY)
    assert left(back.account) == {1: 100, 2: 100}
    assert back.entry.undoes == burnt.entry.seq
    gone = expire(back.account, NOON + 2 * DAY)
    assert left(gone.account) == {1: 0, 2: 100}
    assert gone.entry.kind is EntryKind.EXPIRE


def test_a_part_comes_back_to_what_was_burnt_last():
    burnt = burn(with_lots((100, 1), (100, 9)), 150, cause("b"), NOON)
    first = returnable(burnt.entry, [], 30)
    assert first == {2: 30}
    back = give_back(burnt.account, burnt.entry, first, cause("r"), NOON)
    assert returnable(burnt.entry, [back.entry], 500) == {2: 20, 1: 100}


def pending(amount: int) -> Account:
    given = Accrual(
        amount=amount,
        cause=cause("earn"),
        at=NOON,
        releases_at=NOON + 7 * DAY,
        expires_at=NOON + 365 * DAY,
    )
    return accrue(Account(unit=Unit.POINTS), given).account


def test_pending_points_cannot_be_burnt_until_they_are_released():
    account = pending(100)
    assert (account.pending, account.available) == (100, 0)
    with pytest.raises(BalanceShort):
        burn(account, 1, cause("b"), NOON)
    (lot,) = account.lots
    assert not lot.releases_by(NOON + 6 * DAY)
    account = release(account, lot, NOON + 7 * DAY).account
    assert (account.pending, account.available) == (0, 100)


def test_a_pending_reward_is_taken_back_while_it_is_pending():
    account = pending(100)
    move = take_back(account, account.lots[0], 40, NOON)
    assert (move.account.pending, move.account.owed) == (60, 0)
    assert (move.entry.pending, move.entry.amount, move.entry.available_after) == (True, -40, 0)


def test_what_was_burnt_before_it_is_taken_back_is_owed_and_paid_first():
    account = with_lots((100, 9))
    account = burn(account, 70, cause("b"), NOON).account
    (lot,) = account.lots
    account = take_back(account, lot, 100, NOON).account
    assert (account.available, account.owed) == (0, 70)
    coming = Accrual(
        amount=90, cause=cause("next"), at=NOON, releases_at=NOON, expires_at=NOON + 9 * DAY
    )
    move = accrue(account, coming)
    assert (move.account.available, move.account.owed) == (20, 0)
    assert move.entry.amount == 20


def test_taking_back_touches_other_lots_before_it_leaves_a_debt():
    account = with_lots((100, 9), (50, 3))
    account = burn(account, 110, cause("b"), NOON).account  # lot 2, then 60 of lot 1
    assert left(account) == {1: 40, 2: 0}
    lot = next(lot for lot in account.lots if lot.seq == 2)
    move = take_back(account, lot, 50, NOON)
    assert left(move.account) == {1: 0, 2: 0}
    assert move.account.owed == 10


def test_what_expired_unburnt_is_not_owed():
    account = expire(with_lots((100, 1)), NOON + DAY).account
    move = take_back(account, account.lots[0], 100, NOON + DAY)
    assert (move.account.available, move.account.owed) == (0, 0)
    moved = {posting.holding: posting.amount for posting in move.entry.postings}
    assert moved == {Holding.LAPSED: -100, Holding.ISSUED: 100}


def test_what_comes_back_pays_what_is_owed():
    account = with_lots((100, 9))
    burnt = burn(account, 100, cause("b"), NOON)
    account = take_back(burnt.account, burnt.lots[0], 60, NOON).account
    assert account.owed == 60
    back = give_back(account, burnt.entry, {1: 100}, cause("r"), NOON)
    assert (back.account.available, back.account.owed) == (40, 0)
    assert returnable(burnt.entry, [back.entry]) == {}


def test_an_opening_balance_becomes_lots():
    rules = LoyaltyRules(valid_months=12, cooling=7 * DAY)
    given = Balance(available=500, pending=30, expiring_soon=80, expiring_at=NOON + 5 * DAY)
    moves = opening(Unit.POINTS, given, NOON, rules)
    account = moves[-1].account
    assert [move.entry.kind for move in moves] == [EntryKind.ADJUST] * 3
    assert balance_at(account, NOON, 30 * DAY) == given
    later = balance_at(account, NOON + 5 * DAY, 30 * DAY)
    assert later == Balance(available=420, pending=30)


def test_an_empty_balance_opens_nothing():
    assert opening(Unit.POINTS, Balance(), NOON, LoyaltyRules()) == ()


@pytest.mark.parametrize(
    ("accrued", "months", "ends"),
    [
        ("2026-04-22T04:00+00:00", 12, "2027-04-22T16:00+00:00"),  # the end of 22 April in Shanghai
        ("2026-04-22T15:59:59+00:00", 12, "2027-04-22T16:00+00:00"),
        ("2026-04-22T16:00+00:00", 12, "2027-04-23T16:00+00:00"),  # already the 23rd there
        ("2026-08-31T04:00+00:00", 6, "2027-02-28T16:00+00:00"),
        ("2027-12-31T04:00+00:00", 2, "2028-02-29T16:00+00:00"),
        ("2026-12-31T04:00+00:00", 12, "2027-12-31T16:00+00:00"),
    ],
)
def test_validity_ends_with_a_day_in_shanghai(accrued: str, months: int, ends: str):
    rules = LoyaltyRules(valid_months=months)
    assert rules.expires_at(datetime.fromisoformat(accrued)) == datetime.fromisoformat(ends)
