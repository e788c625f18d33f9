"""Counting what orders use of promotions, against the limits that their quotes knew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain.orders.order import Order
from app.domain.orders.terms import OrderTerms, RewardTerm, UsageTerm
from app.domain.promotions.escrow import Bounds
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used, issued_key
from app.ports.work import Work
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Refused, Subject


@dataclass(frozen=True, slots=True)
class _Count:
    """One counter that an order raises, by how much, and what the reward is whose stock it is."""

    key: CounterKey
    used: Used
    usage: UsageTerm | None = None
    reward: RewardTerm | None = None

    @property
    def bounds(self) -> Bounds:
        if self.usage is not None:
            return Bounds(max_uses=self.usage.max_uses, max_fen=self.usage.max_fen)
        return Bounds(max_uses=self.reward.batch_stock if self.reward else None)


def _uses(terms: OrderTerms, user_id: int) -> list[_Count]:
    return [
        _Count(counter_of(term, user_id), Used(1, term.fen), usage=term) for term in terms.usage
    ]


def _stocks(terms: OrderTerms) -> list[_Count]:
    """The coupons that completion will grant, out of their batches' stock since placement."""
    return [
        _Count(issued_key(reward.batch_code), Used(1, 0), reward=reward)
        for reward in terms.rewards
        if reward.stock_kept and reward.batch_code is not None
    ]


async def take(work: Work, user_id: int, terms: OrderTerms) -> None:
    """One use of each promotion, with its money, and each coupon that is promised; the last thing
    a transaction does, for others wait.

    Raises `Refused`: BUDGET_EXHAUSTED for what all share, LIMIT_REACHED for what one member,
    device or station may use, OUT_OF_STOCK for a promised coupon; the attempt is then to be undone
    as a whole.
    """
    for count in _in_order([*_uses(terms, user_id), *_stocks(terms)]):
        had = await work.counters.add(count.key, count.used, count.bounds)
        if had is not None:
            raise Refused(_reached(count.usage, had) if count.usage else _gone(count, had))


async def give_back(work: Work, order: Order) -> None:
    """Everything the order counted, to the periods it was counted in; it was never paid."""
    for count in _in_order([*_uses(order.terms, order.user_id), *_stocks(order.terms)]):
        await work.counters.give_back(count.key, count.used)


async def give_back_part(
    work: Work, order: Order, fen_by_code: Mapping[str, int], *, with_use: bool = False
) -> None:
    """Money of the promotions named: a partial refund leaves the use used. `with_use`: the refund
    that makes the order whole gives the use back too, with the money that was left; of a reward,
    which is taken back with it, all of its money. A coupon that was promised and not granted yet
    is in stock again; a granted one stays counted."""
    uses = 1 if with_use else 0
    rewards = {reward.code for reward in order.terms.rewards} if with_use else set[str]()
    back: list[_Count] = []
    for count in _uses(order.terms, order.user_id):
        code, fen = count.key.code, count.used.fen
        used = Used(uses, fen if code in rewards else fen_by_code.get(code, 0))
        back.append(replace(count, used=used))
    if with_use and order.completed_at is None:
        back += _stocks(order.terms)
    for count in _in_order(back):
        if count.used != NOTHING_USED:
            await work.counters.give_back(count.key, count.used)


def _in_order(counts: Iterable[_Count]) -> list[_Count]:
    return sorted(counts, key=lambda count: count.key)


async def take_stock(work: Work, batch: Promotion, count: int = 1) -> bool:
    """`count` coupons of a batch; False: not so many are left, and none was taken."""
    stock = None if batch.delivery is None else batch.delivery.stock
    had = await work.counters.add(issued_key(batch.code), Used(count, 0), Bounds(max_uses=stock))
    return had is None


async def give_back_stock(work: Work, batch_code: str, count: int = 1) -> None:
    await work.counters.give_back(issued_key(batch_code), Used(count, 0))


def counter_of(term: UsageTerm, user_id: int) -> CounterKey:
    """Which counter a term counts on: a subject left open is whoever places the order."""
    subject = str(user_id) if term.subject is None else term.subject
    return CounterKey(term.code, term.per, subject, term.period, term.start)


def _gone(count: _Count, had: Used) -> Refusal:
    limit = count.reward.batch_stock if count.reward else None
    return Refusal(
        code=ErrorCode.OUT_OF_STOCK,
        subject=Subject.REWARD,
        limit=limit,
        used=had.uses,
        told=Advice.REQUOTE,
    )


def _reached(term: UsageTerm, had: Used) -> Refusal:
    """Names the bound that left no room: uses if they did, else money in fen."""
    of_all = term.per is LimitPer.TOTAL
    by_uses = term.max_uses is not None and had.uses >= term.max_uses
    return Refusal(
        code=ErrorCode.BUDGET_EXHAUSTED if of_all else ErrorCode.LIMIT_REACHED,
        subject=Subject.USES if by_uses else Subject.MONEY,
        limit=term.max_uses if by_uses else term.max_fen,
        used=had.uses if by_uses else had.fen,
        resets_at=term.resets_at,
        told=Advice.REQUOTE,
    )
