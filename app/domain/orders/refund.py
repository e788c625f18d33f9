"""What a refund gives back: money to the driver, and each funder's part of what was taken off.

Everything follows from how much of each line has been refunded in all; a further refund is the
difference. So any way of cutting a refund into pieces comes to the same. Source: design §2, Ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.orders.ledger import Ledger, LedgerLine
from app.domain.shared.money import half_up_ratio


class RefundTooLarge(ValueError):
    """More of a line than it holds, or less than was refunded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRefund:
    """Of one line: the money given back, and of each part of its ledger, in its order, what goes
    back to the funder. Together they are the refunded amount."""

    money_fen: int
    parts_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """`coupons_return`: this refund makes the order whole again, so its coupons go back and the
    fee with it (`fee_fen`)."""

    lines: tuple[LineRefund, ...]
    fee_fen: int
    coupons_return: bool

    @property
    def money_fen(self) -> int:
        return sum(line.money_fen for line in self.lines) + self.fee_fen


def refund(ledger: Ledger, before: Sequence[int], after: Sequence[int]) -> Refund:
    """The refund that takes an order from `before` to `after`: fen refunded of each line in all,
    by the line's amount before discounts. A partial refund raises the fuel line alone; the others
    keep their split. All lines in full are the whole order: fee and coupons return then, once.

    Raises `RefundTooLarge`.
    """
    for line, had, has in zip(ledger.lines, before, after, strict=True):
        if not 0 <= had <= has <= line.amount_fen:
            raise RefundTooLarge(f"{had} to {has} fen of a line of {line.amount_fen}")
    was_whole, is_whole = _is_whole(ledger, before), _is_whole(ledger, after)
    completes = is_whole and not was_whole
    return Refund(
        lines=tuple(
            _difference(line, had, has)
            for line, had, has in zip(ledger.lines, before, after, strict=True)
        ),
        fee_fen=ledger.fee_fen if completes else 0,
        coupons_return=completes,
    )


def refund_of_fuel(ledger: Ledger, before: Sequence[int], amount_fen: int) -> Refund:
    """A further part of the pump amount. Raises `RefundTooLarge`."""
    if amount_fen <= 0:
        raise RefundTooLarge(f"a refund of {amount_fen} fen gives nothing back")
    return refund(ledger, before, (before[0] + amount_fen, *before[1:]))


def refund_of_rest(ledger: Ledger, before: Sequence[int]) -> Refund:
    """All that is left of the order."""
    return refund(ledger, before, [line.amount_fen for line in ledger.lines])


def line_refund(line: LedgerLine, refunded_fen: int) -> LineRefund:
    """In all, once `refunded_fen` (x) of the line's amount (A) has been refunded.

    With S_k the prefix sums of the parts: part k returns half-up(S_k x / A) - half-up(S_(k-1) x / A),
    and the money is x less all of it.
    """
    if line.amount_fen == 0:
        return LineRefund(money_fen=0, parts_fen=tuple(0 for _ in line.parts))
    parts: list[int] = []
    sum_fen, returned = 0, 0
    for part in line.parts:
        sum_fen += part.fen
        so_far = half_up_ratio(sum_fen * refunded_fen, line.amount_fen)
        parts.append(so_far - returned)
        returned = so_far
    return LineRefund(money_fen=refunded_fen - returned, parts_fen=tuple(parts))


def freed_by_code(ledger: Ledger, before: Sequence[int], after: Sequence[int]) -> Mapping[str, int]:
    """The fen of discount, by offer, that budgets and limits get back when a refund takes an order
    from `before` to `after`; offers that free none are left out.

    In all floor(F x / A) of an offer's F on a line. The funders' own parts, rounded by prefix sums,
    may fall by a fen from one refund to the next; what a budget got back may be spent by then, so
    this never falls, is never more than the funders got back, and is all of it in the end.
    """
    freed: dict[str, int] = {}
    for line, had, has in zip(ledger.lines, before, after, strict=True):
        sums: dict[tuple[str, int | None], int] = {}
        for part in line.parts:
            key = part.code, part.coupon_id
            sums[key] = sums.get(key, 0) + part.fen
        for (code, _), fen in sums.items():
            more = fen * has // line.amount_fen - fen * had // line.amount_fen
            freed[code] = freed.get(code, 0) + more
    return {code: fen for code, fen in freed.items() if fen}


def _difference(line: LedgerLine, before_fen: int, after_fen: int) -> LineRefund:
    before, after = line_refund(line, before_fen), line_refund(line, after_fen)
    parts = zip(before.parts_fen, after.parts_fen, strict=True)
    return LineRefund(
        money_fen=after.money_fen - before.money_fen,
        parts_fen=tuple(has - had for had, has in parts),
    )


def _is_whole(ledger: Ledger, refunded: Sequence[int]) -> bool:
    """Every line in full; an order of nothing is never refunded."""
    amounts = [line.amount_fen for line in ledger.lines]
    return sum(amounts) > 0 and list(refunded) == amounts
