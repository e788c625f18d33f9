"""What holds in every world once nothing fails any more and nothing is left to do."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from app.domain.loyalty.entry import Holding
from app.domain.loyalty.unit import Unit
from app.domain.orders import refund as plans
from app.domain.orders.order import Order
from app.domain.orders.payment import PaymentState
from app.domain.orders.status import OrderStatus
from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used, issued_key
from app.domain.referral.referral import Side, SideState
from app.domain.shared.money import half_up_ratio
from app.domain.shared.payment import PaymentMethod
from app.domain.wallet.coupon import CouponStatus
from app.resolvers import order_life
from app.resolvers.counting import counter_of
from app.resolvers.referral_rewards import reward_cause
from tests.simulation.laws_of_money import (
    disputed_money_pays_nothing,
    invoices_follow_refunds,
    money_at_the_provider,
)
from tests.simulation.town import MEMBERS, REFERRAL, RULES, STOCKS, TICKET
from tests.simulation.world import World

GONE = (OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REFUNDED)
SETTLED = (*GONE, OrderStatus.COMPLETED, OrderStatus.PARTIALLY_REFUNDED)


def broken_laws(world: World) -> list[str]:
    """One line each; empty: all hold."""
    found = [*world.broken]
    for law in LAWS:
        found += [f"{law.__name__}: {what}" for what in law(world)]
    return found


def _orders(world: World) -> list[Order]:
    return list(world.store.rows("orders").values())


def _refunded_plan(order: Order) -> plans.Refund:
    """All refunds of the order together."""
    none = tuple(0 for _ in order.refunded_lines)
    return plans.refund(order.terms.ledger, none, order.refunded_lines)


def nothing_is_left(world: World) -> Iterator[str]:
    for job in world.store.rows("jobs").values():
        yield f"job {job}"
    for order in _orders(world):
        if order.status not in SETTLED or (order.status not in GONE and not order.completed_at):
            yield f"order {order.id} is {order.status}, completed at {order.completed_at}"
    for payment in world.store.rows("payments").values():
        open_there = payment.state is PaymentState.CLOSED and not payment.closed_there
        if open_there or payment.state in (PaymentState.OPEN, PaymentState.RETURNING):
            yield f"payment {payment}"
    yield from (f"{r}" for r in world.store.rows("refunds").values() if r.status.open)


def counters_are_sums(world: World) -> Iterator[str]:
    sums: dict[CounterKey, Used] = {}
    for order in _orders(world):
        if order.status in GONE:
            continue
        none = tuple(0 for _ in order.refunded_lines)
        back = plans.freed_by_code(order.terms.ledger, none, order.refunded_lines)
        for term in order.terms.usage:
            key = counter_of(term, order.user_id)
            had = sums.get(key, NOTHING_USED)
            sums[key] = Used(had.uses + 1, had.fen + term.fen - back.get(term.code, 0))
    issued = Counter(coupon.batch_code for coupon in world.store.rows("coupons").values())
    for code, count in issued.items():
        sums[issued_key(code)] = Used(count, 0)
    counted = {CounterKey(*key): used for key, used in world.store.rows("counters").items()}
    for key in {*sums, *counted}:
        has, should = counted.get(key, NOTHING_USED), sums.get(key, NOTHING_USED)
        if has != should:
            yield f"{key} is {has}, its orders and coupons say {should}"


def bounds_hold(world: World) -> Iterator[str]:
    for raw, used in world.store.rows("counters").items():
        key = CounterKey(*raw)
        if key == issued_key(key.code) and key.code in STOCKS and used.uses > STOCKS[key.code]:
            yield f"{key.code}: {used.uses} issued"
        for limit in RULES.by_code[key.code].all_limits:
            if (limit.per, limit.period) != (key.per, key.period):
                continue
            if limit.max_uses is not None and used.uses > limit.max_uses:
                yield f"{key}: {used} above {limit}"
            if limit.max_fen is not None and used.fen > limit.max_fen:
                yield f"{key}: {used} above {limit}"


def coupons_follow_orders(world: World) -> Iterator[str]:
    live = {
        (order.user_id, coupon_id): order.id
        for order in _orders(world)
        if order.status not in GONE
        for coupon_id in order.terms.coupon_ids
    }
    wanted = sum(
        len(order.terms.coupon_ids) for order in _orders(world) if order.status not in GONE
    )
    if wanted != len(live):
        yield "a coupon is used by two orders"
    for key, coupon in world.store.rows("coupons").items():
        status = coupon.stored_status
        if status is CouponStatus.RESERVED:
            yield f"{coupon} is reserved for ever"
        if (status is CouponStatus.REDEEMED) != (key in live):
            yield f"{coupon}, but its order is {live.get(key)}"
        if coupon.order_id != live.get(key):
            yield f"{coupon} names another order than {live.get(key)}"


def accounts_are_sums(world: World) -> Iterator[str]:
    for key, account in world.store.rows("accounts").items():
        postings = [
            posting
            for entry_key, entry in world.store.rows("entries").items()
            if entry_key[:2] == key
            for posting in entry.postings
        ]
        sums = Counter[Holding]()
        for posting in postings:
            sums[posting.holding] += posting.amount
        if sum(sums.values()) != 0:
            yield f"{key}: postings sum to {sums}"
        has = account.available, account.pending, -account.owed
        if has != (sums[Holding.AVAILABLE], sums[Holding.PENDING], sums[Holding.OWED]):
            yield f"{key}: {account}, postings {sums}"
        if min(account.available, account.pending, account.owed) < 0:
            yield f"{key}: below nothing: {account}"
        lots = [lot for of, lot in world.store.rows("lots").items() if of[:2] == key]
        if sum(lot.left for lot in lots) != account.available + account.pending:
            yield f"{key}: lots hold another sum than {account}"


def burns_follow_orders(world: World) -> Iterator[str]:
    entries = world.store.rows("entries")
    for order in _orders(world):
        by_credit = order.payment_method is PaymentMethod.FUEL_CREDIT
        paid_fen = order.terms.payable_fen - order.refunded_fen if by_credit else 0
        left = {Unit.POINTS: order.terms.points, Unit.FUEL_CREDIT: paid_fen}
        for unit, amount in left.items():
            spent = sum(
                posting.amount
                for key, entry in entries.items()
                if key[:2] == (order.user_id, unit) and entry.cause.order_id == order.id
                for posting in entry.postings
                if posting.holding is Holding.SPENT
            )
            should = 0 if order.status in GONE else amount
            if spent != should:
                yield f"order {order.id}, {order.status}: spent {spent} {unit}, not {should}"


def what_is_earned_follows(world: World) -> Iterator[str]:
    """Once an order and reward, at completion, less the refunded part."""
    for order in _orders(world):
        part = sum(order.refunded_lines), sum(line.amount_fen for line in order.terms.ledger.lines)
        earned = [
            (key[1], lot.amount, lot.reversed_)
            for key, lot in world.store.rows("lots").items()
            if (key[0], lot.order_id) == (order.user_id, order.id)
        ]
        for unit, amount, reversed_ in earned:
            if reversed_ != half_up_ratio(amount * part[0], part[1]):
                yield f"order {order.id}: {reversed_} of {amount} {unit} taken back for {part}"
        promised = sum(reward.batch_code is None for reward in order.terms.rewards)
        if len(earned) > promised * (order.completed_at is not None):
            yield f"order {order.id}: earned {earned} of {promised} promises"
        if order.status is OrderStatus.COMPLETED and len(earned) != promised:
            yield f"order {order.id}: earned {earned} of {promised} promises"


def promised_coupons_are_given(world: World) -> Iterator[str]:
    """By every completed order that promised one: its stock was kept from placement on."""
    for order in _orders(world):
        for reward in order.terms.rewards if order.completed_at is not None else ():
            cause = order_life.reward_cause(order, reward)
            given = (order.user_id, cause) in world.store.rows("causes")
            if reward.batch_code is not None and not given:
                yield f"order {order.id}: no {reward.batch_code}, but it was promised"


def what_was_undone_gives_no_coupon(world: World) -> Iterator[str]:
    """A coupon that a refunded order had earned is never usable again."""
    for order in _orders(world):
        if order.status is not OrderStatus.REFUNDED:
            continue
        for reward in order.terms.rewards:
            cause = order_life.reward_cause(order, reward)
            coupon_id = world.store.rows("causes").get((order.user_id, cause))
            coupon = world.store.rows("coupons").get((order.user_id, coupon_id))
            if coupon is not None and coupon.stored_status is CouponStatus.USABLE:
                yield f"order {order.id} was refunded, its {coupon} is usable"


def one_order_a_quote(world: World) -> Iterator[str]:
    quotes = Counter((order.user_id, order.quote_id) for order in _orders(world))
    yield from (f"quote {quote}: {count} orders" for quote, count in quotes.items() if count > 1)


def answers_are_kept(world: World) -> Iterator[str]:
    """Acknowledged means there; refused means not; one key has one answer."""
    for asked in world.history:
        if asked.operation != "pay" and any(answer != asked.answers[0] for answer in asked.answers):
            yield f"{asked.operation} {asked.key}: {asked.answers}"
    yield from _placed(world)
    yield from _acknowledged(world)


def _placed(world: World) -> Iterator[str]:
    keys = Counter(asked.about["quote"] for asked in world.history if asked.operation == "place")
    by_quote = {order.quote_id: order for order in _orders(world)}
    for asked in world.history:
        if asked.operation != "place":
            continue
        order, order_id = by_quote.get(asked.about["quote"]), asked.told("order_id")
        if order_id is not None and (order is None or order.id != order_id):
            yield f"{asked.key}: order {order_id} was acknowledged and is not there"
        if order is not None and order.terms.payable_fen != asked.about["payable"]:
            yield f"{asked.key}: order {order.id} costs {order.terms.payable_fen}"
        if asked.refused and order is not None and keys[order.quote_id] == 1:
            yield f"{asked.key}: refused, but placed as {order.id}"


def _acknowledged(world: World) -> Iterator[str]:
    orders, rows = world.store.rows("orders"), world.store.rows
    for asked in world.history:
        coupon, refund = asked.told("coupon") if asked.operation == "claim" else None, None
        if asked.operation == "refund":
            refund = asked.told("refund_id")
        if coupon is not None and (asked.user_id, coupon) not in rows("coupons"):
            yield f"{asked.key}: coupon {coupon} is not there"
        if refund is not None and (asked.user_id, refund) not in rows("refunds"):
            yield f"{asked.key}: refund {refund} is not there"
        if asked.operation == "cancel" and asked.told("order_id") is not None:
            order = orders[asked.user_id, asked.about["order"]]
            if order.status is not OrderStatus.CANCELLED:
                yield f"{asked.key}: cancelled, but {order.status}"
    for user_id in MEMBERS:
        had = [
            c for c in rows("coupons").values() if (c.user_id, c.batch_code) == (user_id, TICKET)
        ]
        claims = [a for a in world.history if (a.operation, a.user_id) == ("claim", user_id)]
        told = {asked.told("coupon") for asked in claims} - {None}
        most = sum(not asked.refused for asked in claims)
        if not len(told) <= len(had) <= most:
            yield f"member {user_id} has {len(had)} tickets of {most} claims, {len(told)} told"


def funders_owe_the_discounts(world: World) -> Iterator[str]:
    sums = Counter[tuple[int, bool]]()
    for entry in world.store.rows("funding").values():
        sums[entry.order_id, entry.refund_id is not None] += entry.fen
    for order in _orders(world):
        owed = order.terms.ledger.discount_fen if order.paid_at is not None else 0
        back = sum(sum(line.parts_fen) for line in _refunded_plan(order).lines)
        if (sums[order.id, False], -sums[order.id, True]) != (owed, back):
            yield f"order {order.id}: owed {sums[order.id, False]}, back {-sums[order.id, True]}"


def audit_is_one_to_one(world: World) -> Iterator[str]:
    told = Counter((record.act, record.subject) for record in world.store.rows("audit").values())
    should = Counter[tuple[str, str]]()
    for order in _orders(world):
        subject, status = f"order:{order.id}", order.status
        should["order.place", subject] = 1
        should["order.cancel", subject] = status is OrderStatus.CANCELLED
        should["order.expire", subject] = status is OrderStatus.EXPIRED
        should["order.pay", subject] = order.paid_at is not None
        should["order.fulfil", subject] = order.fulfilled_at is not None
        should["order.complete", subject] = order.completed_at is not None
    for refund in world.store.rows("refunds").values():
        should["order.refund", f"order:{refund.order_id}"] += 1
    for coupon in world.store.rows("coupons").values():
        should["coupon.claim", f"coupon:{coupon.id}"] = coupon.batch_code == TICKET
    for friend_id, *_ in world.store.rows("referrals"):
        should["referral.bind", f"referral:{friend_id}"] = 1
    acts = {act for act, _ in should}
    for key in {*should, *(key for key in told if key[0] in acts)}:
        if told[key] != should[key]:
            yield f"{key}: {told[key]} records, not {should[key]}"


def referrals_reward_once(world: World) -> Iterator[str]:
    places = Counter[int]()
    for referral in world.store.rows("referrals").values():
        for side in Side:
            state, user_id = referral.standing(side).state, referral.beneficiary(side)
            if state in (SideState.COOLING, SideState.REVERSING):
                yield f"{referral}: {side} is {state} for ever"
            given = _given(world, user_id, reward_cause(referral, side))
            should = state in (SideState.REWARDED, SideState.REVERSED)
            if given != should:
                yield f"{referral}: {side} is {state}, rewarded {given} times"
        places[referral.referrer_id] += referral.referrer.state is SideState.REWARDED
        if (referral.friend.state is SideState.BOUND) != (
            referral.referrer.state is SideState.BOUND
        ):
            yield f"{referral}: only one side moved"
    for user_id in MEMBERS:
        taken = world.store.rows("places").get((user_id,), 0)
        if taken != places[user_id] or taken > (REFERRAL.cap or taken):
            yield f"member {user_id}: {taken} places taken, {places[user_id]} rewarded"


def _given(world: World, user_id: int, cause: str) -> int:
    by_credit = sum(
        key[0] == user_id and entry.cause.name == cause
        for key, entry in world.store.rows("entries").items()
    )
    return by_credit + ((user_id, cause) in world.store.rows("causes"))


LAWS: tuple[Callable[[World], Iterator[Any]], ...] = (
    nothing_is_left,
    counters_are_sums,
    bounds_hold,
    coupons_follow_orders,
    accounts_are_sums,
    burns_follow_orders,
    what_is_earned_follows,
    promised_coupons_are_given,
    what_was_undone_gives_no_coupon,
    money_at_the_provider,
    disputed_money_pays_nothing,
    invoices_follow_refunds,
    one_order_a_quote,
    answers_are_kept,
    funders_owe_the_discounts,
    audit_is_one_to_one,
    referrals_reward_once,
)
