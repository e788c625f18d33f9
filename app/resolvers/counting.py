"""Counting what orders use of promotions, against the limits that their quotes knew."""

from collections.abc import Mapping, Sequence

from app.domain.orders.order import Order
from app.domain.orders.terms import UsageTerm
from app.domain.promotions.escrow import Bounds
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used, issued_key
from app.ports.work import Work
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Refused, Subject


async def take(work: Work, user_id: int, usage: Sequence[UsageTerm]) -> None:
    """One use of each, and its money; the last thing a transaction does, for others wait.

    Raises `Refused`: BUDGET_EXHAUSTED for what all share, LIMIT_REACHED for what one member,
    device or station may use; the attempt is then to be undone as a whole.
    """
    for term in sorted(usage, key=lambda term: counter_of(term, user_id)):
        bounds = Bounds(max_uses=term.max_uses, max_fen=term.max_fen)
        had = await work.counters.add(counter_of(term, user_id), Used(1, term.fen), bounds)
        if had is not None:
            raise Refused(_reached(term, had))


async def give_back(work: Work, order: Order) -> None:
    """Everything the order counted, to the periods it was counted in."""
    for term in sorted(order.terms.usage, key=lambda term: counter_of(term, order.user_id)):
        await work.counters.give_back(counter_of(term, order.user_id), Used(1, term.fen))


async def give_back_part(
    work: Work, order: Order, fen_by_code: Mapping[str, int], *, with_use: bool = False
) -> None:
    """Money of the promotions named: a partial refund leaves the use used. `with_use`: the refund
    that makes the order whole gives the use back too, with the money that was left; of a reward,
    which is taken back with it, all of its money."""
    uses = 1 if with_use else 0
    rewards = {reward.code for reward in order.terms.rewards} if with_use else set[str]()
    for term in sorted(order.terms.usage, key=lambda term: counter_of(term, order.user_id)):
        fen = term.fen if term.code in rewards else fen_by_code.get(term.code, 0)
        used = Used(uses, fen)
        if used != NOTHING_USED:
            await work.counters.give_back(counter_of(term, order.user_id), used)


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
