"""Whether anything was lost, doubled or changed: database, provider and the clients' histories."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.orders.ledger import Ledger
from app.domain.orders.refund import line_refund
from app.resolvers.keys import OrderKey
from app.schema import ids
from tests.faults.history import Act, History, Told
from tests.faults.records import GONE, Key, Ordered, Records
from tests.faults.simulator import Simulator
from tests.faults.town import Town

BATCHES = ("fault-stock", "fault-codes")


@dataclass
class Found:
    checks: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    violations: list[str] = field(default_factory=list[str])

    def add(self, name: str, looked_at: int, violations: list[str]) -> None:
        self.checks.append((name, looked_at, len(violations)))
        self.violations += [f"{name}: {violation}" for violation in violations]


async def check_all(
    town: Town, history: History, simulator: Simulator, since: datetime, named: set[Key]
) -> Found:
    """Everything must have come to rest. `named`: orders that jobs were seen to name."""
    records = await asyncio.to_thread(Records.read, town, since)
    paid, returned = await simulator.payments(), await simulator.refunds()
    found = Found()
    orders = len(records.orders)
    found.add("券 coupons once", len(records.coupons), list(coupons(records)))
    found.add("计数 counters are sums", len(records.counters), list(counters(records)))
    found.add("库存 stock", len(BATCHES), list(stock(records)))
    found.add("账本 ledgers balance", len(records.entries), list(ledgers(records)))
    found.add("积分 points of orders", orders, list(points(records)))
    found.add("应答 answers hold", len(history.acts), list(answers(records, history)))
    found.add("出资 funding ties", len(records.funding), list(funding(records)))
    found.add("审计 audit one to one", orders, list(audit(records)))
    found.add("任务 jobs end", len(records.jobs) + len(named), list(jobs(records, named)))
    found.add("邀请 referrals once", len(records.referrals), list(referrals(records)))
    found.add("支付 money at the provider", len(paid), list(money(records, paid, returned)))
    found.add("付款 paid once", orders, list(paid_once(records)))
    return found


def coupons(records: Records) -> Iterator[str]:
    """A coupon is held by one order that waits, or used by one that was paid, and the reverse."""
    held: dict[tuple[int, int], list[Ordered]] = defaultdict(list)
    for order in records.orders.values():
        if order.holds:
            for coupon_id in order.terms.coupon_ids:
                held[order.key[0], coupon_id].append(order)
    rows = {(row["user_id"], row["id"]): row for row in records.coupons}
    for key, orders in held.items():
        if len(orders) > 1:
            yield f"coupon {key} in orders {[order.key for order in orders]}"
        row, order = rows[key], orders[0]
        expected = "RESERVED" if order.status == "PLACED" else "REDEEMED"
        if (row["status"], row["order_id"]) != (expected, order.key[1]):
            yield f"coupon {key} is {row['status']} of {row['order_id']}, order {order.key} {order.status}"
    for key, row in rows.items():
        if row["order_id"] is not None and key not in held:
            yield f"coupon {key} is {row['status']} of order {row['order_id']}, which does not hold it"


def returned_by_code(ledger: Ledger, refunded: list[int]) -> Counter[str]:
    """Fen of discount that refunds took back in all."""
    found: Counter[str] = Counter()
    for line, fen in zip(ledger.lines, refunded, strict=True):
        for part, back in zip(line.parts, line_refund(line, fen).parts_fen, strict=True):
            found[part.code] += back
    return found


def freed_by_code(ledger: Ledger, refunded: list[int]) -> Counter[str]:
    """Fen that budgets have back: of each offer's F on a line, floor(F x / A)."""
    found: Counter[str] = Counter()
    for line, fen in zip(ledger.lines, refunded, strict=True):
        sums: Counter[tuple[str, int | None]] = Counter()
        for part in line.parts:
            sums[part.code, part.coupon_id] += part.fen
        for (code, _), total in sums.items():
            found[code] += total * fen // line.amount_fen
    return found


def counters(records: Records) -> Iterator[str]:
    """Every counter is the sum of what orders that stand have used, refunds taken off."""
    expected: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for order in records.orders.values():
        if not order.holds:
            continue
        back = freed_by_code(order.terms.ledger, order.row["refunded_lines"])
        for term in order.terms.usage:
            subject = str(order.key[0]) if term.subject is None else term.subject
            place = expected[term.code, term.per.value, subject, term.period.value, term.start]
            place[0] += 1
            place[1] += term.fen - back.get(term.code, 0)
    counted = {key: value for key, value in records.counters.items() if not _is_stock(records, key)}
    for key in {*expected, *counted}:
        wanted, had = tuple(expected.get(key, (0, 0))), counted.get(key, (0, 0))
        if wanted != had:
            yield f"{key}: counted {had}, orders make {wanted}"
    for row in records.bounds:
        for what in ("uses", "fen"):
            granted = row[f"granted_{what}"]
            if granted is not None and row[what] > granted:
                yield f"{row['code']} slot {row['slot']}: {row[what]} {what} of {granted}"


def _is_stock(records: Records, key: tuple[Any, ...]) -> bool:
    return key[1] == "TOTAL" and any(row["batch_code"] == key[0] for row in records.coupons)


def stock(records: Records) -> Iterator[str]:
    """As many coupons as were counted, and no more than there were."""
    maxima = {"fault-stock": 120, "fault-codes": 12}
    for batch in BATCHES:
        issued = sum(row["batch_code"] == batch for row in records.coupons)
        counted = sum(uses for key, (uses, _) in records.counters.items() if key[0] == batch)
        if issued != counted or issued > maxima[batch]:
            yield f"{batch}: {issued} coupons, {counted} counted, {maxima[batch]} in stock"


def ledgers(records: Records) -> Iterator[str]:
    """Postings of an entry sum to 0, accounts are the sums of postings, and none is below 0."""
    entries: Counter[tuple[Any, ...]] = Counter()
    holdings: Counter[tuple[Any, ...]] = Counter()
    for row in records.postings:
        entries[row["user_id"], row["unit"], row["entry_seq"]] += row["amount"]
        holdings[row["user_id"], row["unit"], row["holding"]] += row["amount"]
    for key, total in entries.items():
        if total:
            yield f"entry {key} sums to {total}"
    for row in records.accounts:
        place = row["user_id"], row["unit"]
        sums = (
            holdings[(*place, "AVAILABLE")],
            holdings[(*place, "PENDING")],
            -holdings[(*place, "OWED")],
        )
        if (row["available"], row["pending"], row["owed"]) != sums or min(sums) < 0:
            yield f"account {place} says {row}, its postings {sums}"


def points(records: Records) -> Iterator[str]:
    """An order that stands has burnt its points, one that does not has them back."""
    spent: Counter[tuple[int, int]] = Counter()
    by_entry = {(e["user_id"], e["unit"], e["seq"]): e for e in records.entries}
    for row in records.postings:
        entry = by_entry[row["user_id"], row["unit"], row["entry_seq"]]
        if row["unit"] == "POINTS" and row["holding"] == "SPENT" and entry["order_id"]:
            spent[row["user_id"], entry["order_id"]] += row["amount"]
    for key, order in records.orders.items():
        expected = order.terms.points if order.holds else 0
        if spent[key] != expected:
            yield f"order {key} {order.status}: {spent[key]} points spent, {expected} expected"


def answers(records: Records, history: History) -> Iterator[str]:
    """What a client was told is so, under one key for ever."""
    of_quote: dict[str, list[Act]] = defaultdict(list)
    for act in history.acts:
        yield from act.contradictions
        kept = records.requests.get((act.user_id, act.key))
        if act.told is Told.UNKNOWN:
            continue
        if kept is None and "INVALID_INPUT" not in act.codes:
            yield f"{act.operation} {act.key}: told {act.told}, not on record"
            continue
        if kept is not None and not _agree(records, act, kept["answer"]):
            yield f"{act.operation} {act.key}: told {act.told} {act.codes}, kept {kept['answer']}"
        if act.operation == "placeOrder":
            of_quote[act.quote_id].append(act)
    by_quote = {order.row["quote_id"]: order for order in records.orders.values()}
    for quote_id, acts in of_quote.items():
        yield from _placed(by_quote.get(quote_id), acts)


def _agree(records: Records, act: Act, kept: dict[str, Any]) -> bool:
    """What was told and what was kept. A payment that was started, and whose answer was lost, may be
    over when it is asked for again: refused, if it is over."""
    refused = act.told is Told.REFUSED
    if act.operation == "startPayment" and refused and "receipt" in kept:
        key = act.user_id, kept["receipt"]["payment_id"]
        states = {(row["user_id"], row["id"]): row["state"] for row in records.payments}
        return act.codes == ("ORDER_STATE",) and states.get(key, "OPEN") != "OPEN"
    return ("refusals" in kept) == refused


def _placed(order: Ordered | None, acts: list[Act]) -> Iterator[str]:
    done = [act for act in acts if act.told is Told.DONE]
    unknown = any(act.told is Told.UNKNOWN for act in acts)
    if order is not None and not done and not unknown:
        yield f"refused {[act.codes for act in acts]}, but order {order.key} exists"
    if len({act.result["id"] for act in done}) > 1:
        yield f"one quote, several orders: {[act.result for act in done]}"
    for act in done:
        key = ids.decode(act.result["id"])
        if order is None or not isinstance(key, OrderKey) or key.order_id != order.key[1]:
            yield f"acknowledged {act.result}, but lost"
        elif order.row["payable_fen"] != act.result["payable"]["fen"]:
            yield f"told {act.result['payable']}, kept {order.row['payable_fen']}"


def funding(records: Records) -> Iterator[str]:
    """What funders owe is the discounts of orders that were paid, less what refunds took back."""
    owed: Counter[tuple[int, int]] = Counter()
    back: Counter[tuple[int, int]] = Counter()
    for row in records.funding:
        if row["refund_id"] is None:
            owed[row["user_id"], row["order_id"]] += row["fen"]
        else:
            back[row["user_id"], row["order_id"]] -= row["fen"]
    for key, order in records.orders.items():
        paid = order.row["paid_at"] is not None
        expected = order.terms.discount_fen if paid else 0
        if owed[key] != expected:
            yield f"order {key} {order.status}: {owed[key]} owed, {expected} of discount"
        returned = returned_by_code(order.terms.ledger, order.row["refunded_lines"]).total()
        if back[key] != returned:
            yield f"order {key}: {back[key]} taken back, refunds make {returned}"


ACTS = {
    "order.place": lambda _: True,
    "order.pay": lambda row: row["paid_at"] is not None,
    "order.fulfil": lambda row: row["fulfilled_at"] is not None,
    "order.complete": lambda row: row["completed_at"] is not None,
    "order.cancel": lambda row: row["status"] == "CANCELLED",
    "order.expire": lambda row: row["status"] == "EXPIRED",
}


def audit(records: Records) -> Iterator[str]:
    """One record for each act that an order shows, none for what it does not."""
    for key, order in records.orders.items():
        found = Counter(row["act"] for row in records.audit.get(f"{key[0]}/order:{key[1]}", []))
        for act, happened in ACTS.items():
            if found[act] != int(happened(order.row)):
                yield f"order {key} {order.status}: {found[act]} records of {act}"


def jobs(records: Records, named: set[Key]) -> Iterator[str]:
    """None was given up but a sweep's, which the next one makes good; and each belongs to an order
    that exists."""
    for job in records.jobs:
        given = job["args"]
        if job["status"] == "failed" and "timestamp" not in given:
            yield f"job {job['id']} {job['task_name']} {given} was given up"
        if "order_id" in given and (given["user_id"], given["order_id"]) not in records.orders:
            yield f"job {job['task_name']} {given} of an order that does not exist"
    for key in named - records.orders.keys():
        yield f"a job named order {key}, which does not exist"


def referrals(records: Records) -> Iterator[str]:
    """A friend whose order stands: both sides were rewarded, or refused for a reason, once."""
    for row in records.referrals:
        if row["order_id"] is None:
            continue
        for side in ("friend", "referrer"):
            if row[f"{side}_state"] in ("BOUND", "COOLING", "REVERSING"):
                yield f"referral of {row['user_id']}: {side} is still {row[f'{side}_state']}"


def money(
    records: Records, paid: list[dict[str, Any]], returned: list[dict[str, Any]]
) -> Iterator[str]:
    """What the provider took pays an order of that amount, or went back; and the reverse."""
    back: Counter[str] = Counter()
    for refund in returned:
        if refund["status"] == "SUCCESS":
            back[refund["out_trade_no"]] += refund["amount"]["refund"]
    took = {p["out_trade_no"]: p["amount"]["total"] for p in paid if _is_paid(p)}
    ours = {row["number"]: row for row in records.payments}
    for number, fen in took.items():
        row = ours.get(number)
        order = records.orders.get((row["user_id"], row["order_id"])) if row else None
        if row is None or order is None:
            yield f"payment {number}: {fen} fen for nothing of ours"
        elif row["state"] == "PAID":
            kept = fen - back[number]
            due = order.row["payable_fen"] - order.row["refunded_fen"]
            if order.status in (*GONE, "PLACED") or kept != due:
                yield f"payment {number}: {kept} fen kept, order {order.key} {order.status} is due {due}"
        elif back[number] != fen:
            yield f"payment {number} is {row['state']}: {fen} fen taken, {back[number]} back"
    for number, row in ours.items():
        if row["state"] in ("PAID", "RETURNED") and number not in took:
            yield f"payment {number} is {row['state']} here, unknown there"


def paid_once(records: Records) -> Iterator[str]:
    """An order that was paid with money has one payment that paid it; no other has any."""
    paying = Counter(
        (r["user_id"], r["order_id"]) for r in records.payments if r["state"] == "PAID"
    )
    for key, order in records.orders.items():
        by_money = order.row["payment_method"] == "WECHAT_PAY" and order.row["payable_fen"] > 0
        if by_money and paying[key] != int(order.row["paid_at"] is not None):
            yield f"order {key} {order.status}: {paying[key]} payments pay it"


def _is_paid(payment: dict[str, Any]) -> bool:
    return payment.get("trade_state") in ("SUCCESS", "REFUND")
