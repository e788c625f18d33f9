"""Two accounts become one (账户合并): the younger's entries go on counting where the elder's end."""

import re
from dataclasses import replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, EntryKind, Holding, Occasion
from app.domain.loyalty.lot import take_oldest
from app.domain.loyalty.posting import between, lowered, move_of

_NUMBERED = re.compile(r"(release|expire|reverse):([0-9]+)(:[0-9]+)?")


def joined(elder: Account, younger: Account) -> Account:
    """Both as one: sums, and the lots of both. What one owes may stand beside what the other has:
    `pay_owed` follows."""
    lots = (replace(lot, seq=lot.seq + elder.entries) for lot in younger.lots)
    return replace(
        elder,
        available=elder.available + younger.available,
        pending=elder.pending + younger.pending,
        owed=elder.owed + younger.owed,
        entries=elder.entries + younger.entries,
        lots=(*elder.lots, *lots),
    )


def pay_owed(account: Account, younger_id: int, at: datetime) -> Move | None:
    """What one owed is paid by what the other had, the soonest end first. None: nothing was owed,
    or nothing is there to pay it."""
    takes = list(take_oldest(account.lots, account.owed))
    if not takes:
        return None
    postings = [
        p for t in takes for p in between(Holding.AVAILABLE, Holding.OWED, t.lot.seq, t.amount)
    ]
    cause = Cause(name=f"join:{younger_id}", occasion=Occasion.JOINING)
    return move_of(account, EntryKind.ADJUST, cause, at, postings, lowered(takes))


def joined_cause(name: str, by: int) -> str:
    """A cause of the younger account's as the joined one has it: causes that name an entry by its
    number follow it, `by` further on; others name orders, refunds, friends, and stay."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return name
    kind, seq, rest = found.groups()
    return f"{kind}:{int(seq) + by}{rest or ''}"
