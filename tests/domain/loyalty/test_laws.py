"""Laws of the ledger, over random lives of an account: each entry balances, the account is the sum
of its postings, lots hold what is left, nothing falls below 0, what is returned was burnt."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.loyalty.account import Account, Move, balance_at
from app.domain.loyalty.entry import Cause, Entry, EntryKind, Holding, Occasion
from app.domain.loyalty.losses import expire, take_back
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.moves import (
    Accrual,
    BalanceShort,
    accrue,
    burn,
    give_back,
    release,
    returnable,
)
from app.domain.loyalty.unit import Unit

NOON = datetime(2026, 4, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Life:
    """An account as storage keeps it: every lot and entry by its number. `day` moves on."""

    account: Account = field(default_factory=lambda: Account(unit=Unit.POINTS))
    entries: list[Entry] = field(default_factory=list)
    lots: dict[int, Lot] = field(default_factory=dict)
    day: int = 0

    @property
    def now(self) -> datetime:
        return NOON + self.day * DAY

    def write(self, move: Move | None) -> None:
        if move is None:
            return
        self.entries.append(move.entry)
        self.lots.update({lot.seq: lot for lot in move.lots})
        self.account = move.account
        self.check()

    def check(self) -> None:
        entry = self.entries[-1]
        assert entry.seq == len(self.entries) == self.account.entries
        assert sum(posting.amount for posting in entry.postings) == 0
        assert all(posting.amount for posting in entry.postings)
        held, of_lot = Counter(), Counter()
        for each in self.entries:
            for posting in each.postings:
                held[posting.holding] += posting.amount
                if posting.holding in (Holding.AVAILABLE, Holding.PENDING):
                    of_lot[posting.lot] += posting.amount
        account = self.account
        assert account.available == held[Holding.AVAILABLE] >= 0
        assert account.pending == held[Holding.PENDING] >= 0
        assert account.owed == -held[Holding.OWED] >= 0
        assert not (account.owed and account.available)
        for seq, lot in self.lots.items():
            assert of_lot[seq] == lot.left
            assert 0 <= lot.left <= lot.amount
            assert 0 <= lot.expired <= lot.amount
            assert 0 <= lot.reversed_ <= lot.amount
        left = [lot for lot in self.lots.values() if lot.left]
        assert account.available == sum(lot.left for lot in left if lot.released)
        assert account.pending == sum(lot.left for lot in left if not lot.released)
        running = sum(each.amount for each in self.entries if not each.pending)
        assert entry.available_after == running == account.available

    def cause(self, name: str) -> Cause:
        return Cause(name=f"{name}:{len(self.entries)}", occasion=Occasion.ORDER, order_id=1)

    def accrue(self, amount: int, cooling: int, valid: int, reversed_: int) -> None:
        given_ = Accrual(
            amount=amount,
            cause=self.cause("earn"),
            at=self.now,
            releases_at=self.now + cooling * DAY,
            expires_at=self.now + valid * DAY,
            reversed_=min(reversed_, amount - 1),
        )
        self.write(accrue(self.account, given_))

    def settle(self) -> None:
        for lot in list(self.account.lots):
            if lot.releases_by(self.now):
                self.write(release(self.account, lot, self.now))
        self.write(expire(self.account, self.now))

    def burn(self, amount: int) -> None:
        self.write(expire(self.account, self.now))
        try:
            self.write(burn(self.account, amount, self.cause("burn"), self.now))
        except BalanceShort:
            assert amount > self.account.available

    def give_back(self, which: int, amount: int | None) -> None:
        burns = [entry for entry in self.entries if entry.kind is EntryKind.BURN]
        if not burns:
            return
        burnt = burns[which % len(burns)]
        undone = [entry for entry in self.entries if entry.undoes == burnt.seq]
        parts = returnable(burnt, undone, amount)
        if not parts:
            return
        account = self.account.with_lots(tuple(self.lots[lot] for lot in parts))
        self.write(give_back(account, burnt, parts, self.cause("back"), self.now))
        self.write(expire(self.account, self.now))
        spent = -sum(part.amount for part in burnt.postings if part.holding is Holding.AVAILABLE)
        undone = [entry for entry in self.entries if entry.undoes == burnt.seq]
        returned = -sum(p.amount for e in undone for p in e.postings if p.holding is Holding.SPENT)
        assert returned <= spent
        if amount is None:
            assert returned == spent
            assert not returnable(burnt, undone)

    def take_back(self, which: int, part: int) -> None:
        if not self.lots:
            return
        lot = list(self.lots.values())[which % len(self.lots)]
        target = lot.amount * part // 10
        self.write(take_back(self.account, lot, target, self.now))
        again = self.lots[lot.seq]
        assert again.reversed_ == max(target, lot.reversed_)
        assert take_back(self.account, again, target, self.now) is None


amounts = st.integers(1, 500)
acts = st.one_of(
    st.tuples(
        st.just("accrue"), amounts, st.integers(0, 3), st.integers(1, 9), st.integers(0, 100)
    ),
    st.tuples(st.just("settle")),
    st.tuples(st.just("burn"), amounts),
    st.tuples(st.just("give_back"), st.integers(0, 9), st.none() | amounts),
    st.tuples(st.just("take_back"), st.integers(0, 9), st.integers(0, 10)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


@given(st.lists(acts, max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_life_keeps_all_laws(life: list[tuple]):
    lived = Life()
    for name, *arguments in life:
        if name == "wait":
            lived.day += arguments[0]
        else:
            getattr(lived, name)(*arguments)


@given(st.lists(acts, max_size=25))
@settings(max_examples=100, deadline=None)
def test_a_balance_at_an_instant_is_what_could_be_burnt_then(life: list[tuple]):
    lived = Life()
    for name, *arguments in life:
        if name == "wait":
            lived.day += arguments[0]
        else:
            getattr(lived, name)(*arguments)
    balance = balance_at(lived.account, lived.now, 30 * DAY)
    lived.write(expire(lived.account, lived.now))
    assert balance.available == lived.account.available
    assert 0 <= balance.expiring_soon <= balance.available
    if balance.available:
        lived.burn(balance.available)
        assert lived.account.available == 0
