"""What orders and rewards do with points and fuel credit, inside the caller's transaction and under
the member's lock. Each is done once for its cause: a second call changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.loyalty import causes, losses, moves
from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, Occasion
from app.domain.loyalty.lot import oldest_first
from app.domain.loyalty.rules import DEFAULT_LOYALTY_RULES, LoyaltyRules
from app.domain.loyalty.unit import Unit
from app.domain.orders.order import Order
from app.domain.orders.terms import RewardTerm
from app.domain.shared.money import Ratio, half_up_ratio
from app.domain.shared.payment import PaymentMethod
from app.ports.jobs import Job
from app.ports.work import Work
from app.resolvers.refusals import ErrorCode, Refusal, Refused

RELEASE_JOB = "accounts.release"


async def burn_for_order(work: Work, order: Order, moment: datetime) -> None:
    """At placement: the points of its terms, and what it costs where it is paid by fuel credit.
    Raises `Refused`: POINTS_SHORT, or PAYMENT_FAILED for the credit."""
    why = Cause(name=causes.burnt_for(order.id), occasion=Occasion.ORDER, order_id=order.id)
    await burn(work, order.user_id, Unit.POINTS, order.terms.points, why, moment)
    if order.payment_method is PaymentMethod.FUEL_CREDIT:
        await burn(work, order.user_id, Unit.FUEL_CREDIT, order.terms.payable_fen, why, moment)


async def unburn_for_order(work: Work, order: Order, moment: datetime) -> None:
    """The whole order is gone (cancelled, expired, refunded): all that was burnt for it and not
    given back yet, points and credit."""
    for unit in Unit:
        await unburn(
            work, order.user_id, unit, causes.burnt_for(order.id), moment,
            again=causes.unburnt_for(order.id),
        )  # fmt: skip


async def credit_back(
    work: Work, order: Order, refund_id: int, money_fen: int, moment: datetime
) -> None:
    """The money of one refund of an order paid by fuel credit, to the lots that it was paid from;
    never more than was paid. Nothing for an order paid otherwise."""
    if order.payment_method is PaymentMethod.FUEL_CREDIT and money_fen > 0:
        await unburn(
            work, order.user_id, Unit.FUEL_CREDIT, causes.burnt_for(order.id), moment,
            again=causes.returned_by(refund_id), amount=money_fen,
        )  # fmt: skip


async def burn(
    work: Work, user_id: int, unit: Unit, amount: int, cause: Cause, moment: datetime
) -> None:
    """The lots that end first are burnt first. An `amount` of 0 is nothing. Raises `Refused`:
    POINTS_SHORT; for fuel credit, which is a payment, PAYMENT_FAILED."""
    if amount == 0 or await work.accounts.entry_of(user_id, unit, cause.name) is not None:
        return
    account = await _without_ended(work, user_id, unit, moment)
    try:
        move = moves.burn(account, amount, cause, moment)
    except moves.BalanceShort:
        raise Refused(_short(unit)) from None
    await work.accounts.write(user_id, move)


def _short(unit: Unit) -> Refusal:
    if unit is Unit.POINTS:
        return Refusal(code=ErrorCode.POINTS_SHORT)
    return Refusal(code=ErrorCode.PAYMENT_FAILED, at=("payment_method",))


async def unburn(
    work: Work,
    user_id: int,
    unit: Unit,
    cause: str,
    moment: datetime,
    *,
    again: str,
    amount: int | None = None,
) -> None:
    """What the burn of `cause` took returns to its lots: all that is not back yet, or at most
    `amount`; lots that have ended expire again. `again`: the cause of giving back."""
    burnt = await work.accounts.entry_of(user_id, unit, cause)
    if burnt is None or await work.accounts.entry_of(user_id, unit, again) is not None:
        return
    undone = await work.accounts.undoing(user_id, unit, burnt.seq)
    parts = moves.returnable(burnt, undone, amount)
    if not parts:
        return
    account = await work.accounts.account(user_id, unit)
    account = account.with_lots(await work.accounts.lots(user_id, unit, parts))
    why = replace(burnt.cause, name=again)
    move = moves.give_back(account, burnt, parts, why, moment)
    await work.accounts.write(user_id, move)
    await _write(work, user_id, losses.expire(move.account, moment))


async def accrue(
    work: Work, order: Order, moment: datetime, rules: LoyaltyRules = DEFAULT_LOYALTY_RULES
) -> None:
    """At completion: the points and the fuel credit that the order's terms promise, less the part
    of what was refunded by then; pending until the rules' cooling ends, when a job releases it."""
    x, a = _refunded_part(order)
    releases_at, written = moment + rules.cooling, 0
    for reward in order.terms.rewards:
        unit, amount = _earns(reward)
        cause = causes.earned_by(order.id, reward.code)
        reversed_ = half_up_ratio(amount * x, a)
        if reversed_ >= amount or await work.accounts.entry_of(order.user_id, unit, cause):
            continue
        accrual = moves.Accrual(
            amount=amount,
            cause=Cause(name=cause, occasion=Occasion.ORDER, order_id=order.id),
            at=moment,
            releases_at=releases_at,
            expires_at=rules.expires_at(moment),
            reversed_=reversed_,
        )
        account = await work.accounts.account(order.user_id, unit)
        await work.accounts.write(order.user_id, moves.accrue(account, accrual))
        written += 1
    if written:
        key = f"{RELEASE_JOB}:{order.user_id}:{order.id}"
        given = {"user_id": order.user_id}
        await work.jobs.defer(Job(name=RELEASE_JOB, given=given, at=releases_at, key=key))


async def reverse_accrual(work: Work, order: Order, refunded: Ratio, moment: datetime) -> None:
    """What the order earned is taken back in proportion: of each accrual half-up(n · x ÷ A) in all,
    less what was taken back before. `refunded`: (x, A), fen refunded of the order's lines in all,
    and what the lines amount to before discounts. What was burnt meanwhile stays owed."""
    x, a = refunded
    for unit in Unit:
        for lot in await work.accounts.lots_of_order(order.user_id, unit, order.id):
            account = await _without_ended(work, order.user_id, unit, moment)
            # The lot may have ended just now, or may have paid for another one's reversal.
            (fresh,) = await work.accounts.lots(order.user_id, unit, [lot.seq])
            move = losses.take_back(account, fresh, half_up_ratio(fresh.amount * x, a), moment)
            await _write(work, order.user_id, move)


async def grant_credit(
    work: Work,
    user_id: int,
    credit_fen: int,
    cause: str,
    moment: datetime,
    rules: LoyaltyRules = DEFAULT_LOYALTY_RULES,
) -> None:
    """Fuel credit for a referral, available at once."""
    if await work.accounts.entry_of(user_id, Unit.FUEL_CREDIT, cause) is not None:
        return
    account = await work.accounts.account(user_id, Unit.FUEL_CREDIT)
    accrual = moves.Accrual(
        amount=credit_fen,
        cause=Cause(name=cause, occasion=Occasion.REFERRAL),
        at=moment,
        releases_at=moment,
        expires_at=rules.expires_at(moment),
    )
    await work.accounts.write(user_id, moves.accrue(account, accrual))


async def take_credit_back(work: Work, user_id: int, cause: str, moment: datetime) -> None:
    """All that `grant_credit` gave for that cause; nothing where it gave nothing. What was burnt
    meanwhile stays owed."""
    unit = Unit.FUEL_CREDIT
    granted = await work.accounts.entry_of(user_id, unit, cause)
    if granted is None:
        return
    account = await _without_ended(work, user_id, unit, moment)
    (lot,) = await work.accounts.lots(user_id, unit, [granted.seq])
    await _write(work, user_id, losses.take_back(account, lot, lot.amount, moment))


async def settle_lots(work: Work, user_id: int, moment: datetime) -> None:
    """Releases what has cooled, oldest first, and expires what has ended, in both accounts."""
    for unit in Unit:
        account = await work.accounts.account(user_id, unit)
        for lot in oldest_first(lot for lot in account.lots if lot.releases_by(moment)):
            move = moves.release(account, lot, moment)
            await work.accounts.write(user_id, move)
            account = move.account
        await _write(work, user_id, losses.expire(account, moment))


def _earns(reward: RewardTerm) -> tuple[Unit, int]:
    """(POINTS, 0) for a coupon: it is in no account."""
    if reward.credit_fen is not None:
        return Unit.FUEL_CREDIT, reward.credit_fen
    return Unit.POINTS, reward.points or 0


def _refunded_part(order: Order) -> Ratio:
    """(x, A) as `reverse_accrual` takes them."""
    return sum(order.refunded_lines), sum(line.amount_fen for line in order.terms.ledger.lines)


async def _without_ended(work: Work, user_id: int, unit: Unit, moment: datetime) -> Account:
    """The account after what has ended is expired."""
    account = await work.accounts.account(user_id, unit)
    move = losses.expire(account, moment)
    if move is None:
        return account
    await work.accounts.write(user_id, move)
    return move.account


async def _write(work: Work, user_id: int, move: Move | None) -> None:
    if move is not None:
        await work.accounts.write(user_id, move)
