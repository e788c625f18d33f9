"""What a refund gives back (design §2, Ledger): always the difference to what was given before."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders.ledger import Ledger, LedgerLine, Part
from app.domain.orders.refund import (
    RefundTooLarge,
    freed_by_code,
    line_refund,
    refund,
    refund_of_fuel,
    refund_of_rest,
)
from app.domain.shared.funder import Funder


def line(amount_fen: int, *parts: int) -> LedgerLine:
    funders = list(Funder)
    return LedgerLine(
        amount_fen=amount_fen,
        parts=tuple(
            Part(code=f"P{i}", coupon_id=None, funder=funders[i % 3], fen=fen)
            for i, fen in enumerate(parts)
        ),
    )


@st.composite
def lines(draw: st.DrawFn) -> LedgerLine:
    """Any amount, and parts that do not go over it."""
    amount = draw(st.integers(1, 30_000))
    parts: list[int] = []
    for _ in range(draw(st.integers(0, 6))):
        left = amount - sum(parts)
        if left > 0:
            parts.append(draw(st.integers(1, left)))
    return line(amount, *parts)


@st.composite
def refunds(draw: st.DrawFn) -> tuple[Ledger, list[int]]:
    """A ledger, and rising amounts of its fuel up to all of it, from 0 on."""
    ledger = Ledger(
        lines=(draw(lines()), *draw(st.lists(lines(), max_size=2))),
        fee_fen=draw(st.sampled_from((0, 100))),
    )
    most = ledger.lines[0].amount_fen
    steps = draw(st.lists(st.integers(1, most), max_size=6, unique=True))
    return ledger, sorted({0, most, *steps})


def test_a_part_of_the_fuel() -> None:
    """50 of 200 yuan, with 10 off by the platform and 5 by the station: a quarter of each."""
    ledger = Ledger(lines=(line(20_000, 1_000, 500),), fee_fen=100)
    found = refund_of_fuel(ledger, [0], 5_000)
    assert (found.money_fen, found.lines[0].parts_fen) == (4_625, (250, 125))
    assert (found.fee_fen, found.coupons_return) == (0, False)


def test_the_prefix_sums_are_rounded_not_the_parts() -> None:
    """A third of 3 fen by three funders of 1: 0.33, 0.67, 1 round to 0, 1, 1."""
    assert line_refund(line(300, 1, 1, 1), 100).parts_fen == (0, 1, 0)
    assert line_refund(line(300, 1, 1, 1), 100).money_fen == 99


def test_other_lines_keep_their_split() -> None:
    ledger = Ledger(lines=(line(20_000, 1_000), line(5_000, 250)), fee_fen=100)
    found = refund_of_fuel(ledger, [0, 0], 20_000)
    assert (found.lines[1].money_fen, found.lines[1].parts_fen) == (0, (0,))
    assert (found.money_fen, found.coupons_return) == (19_000, False)


def test_coupons_and_fee_come_back_with_the_whole_order_once() -> None:
    ledger = Ledger(lines=(line(20_000, 1_000), line(5_000, 250)), fee_fen=100)
    rest = refund_of_rest(ledger, [20_000, 0])
    assert (rest.money_fen, rest.fee_fen, rest.coupons_return) == (4_750 + 100, 100, True)
    again = refund(ledger, [20_000, 5_000], [20_000, 5_000])
    assert (again.money_fen, again.coupons_return) == (0, False)


@pytest.mark.parametrize("amount", [-1, 0, 15_001])
def test_more_than_is_left_is_refused(amount: int) -> None:
    ledger = Ledger(lines=(line(20_000, 1_000),), fee_fen=0)
    with pytest.raises(RefundTooLarge):
        refund_of_fuel(ledger, [5_000], amount)


def test_what_was_refunded_stays_refunded() -> None:
    with pytest.raises(RefundTooLarge):
        refund(Ledger(lines=(line(20_000),), fee_fen=0), [2], [1])


def test_a_line_of_nothing_gives_nothing_back() -> None:
    assert line_refund(line(0), 0).money_fen == 0


@given(refunds())
def test_any_partition_of_a_refund_telescopes_to_each_part(drawn: tuple[Ledger, list[int]]) -> None:
    ledger, steps = drawn
    rest = [of.amount_fen for of in ledger.lines[1:]]
    pieces = [refund(ledger, [had, *rest], [has, *rest]) for had, has in pairwise(steps)]
    whole = refund(ledger, [0, *rest], [steps[-1], *rest])
    assert sum(piece.money_fen for piece in pieces) == whole.money_fen
    for number in range(len(ledger.lines[0].parts)):
        parts = [piece.lines[0].parts_fen[number] for piece in pieces]
        assert sum(parts) == whole.lines[0].parts_fen[number] == ledger.lines[0].parts[number].fen
    assert sum(piece.coupons_return for piece in pieces) == 1


@given(refunds())
def test_money_returned_is_monotone(drawn: tuple[Ledger, list[int]]) -> None:
    ledger, steps = drawn
    none = [0] * (len(ledger.lines) - 1)
    for had, has in pairwise(steps):
        piece = refund(ledger, [had, *none], [has, *none])
        assert piece.lines[0].money_fen >= 0
        assert piece.lines[0].money_fen + sum(piece.lines[0].parts_fen) == has - had


@given(refunds())
def test_nothing_comes_back_over_the_order(drawn: tuple[Ledger, list[int]]) -> None:
    ledger, _ = drawn
    whole = refund_of_rest(ledger, [0] * len(ledger.lines))
    assert whole.money_fen == ledger.paid_fen
    assert [piece.parts_fen for piece in whole.lines] == [
        tuple(part.fen for part in of.parts) for of in ledger.lines
    ]


@given(refunds())
def test_what_budgets_get_back_never_falls_and_is_never_more_than_funders_got(
    case: tuple[Ledger, list[int]],
) -> None:
    ledger, steps = case
    others = [0 for _ in ledger.lines[1:]]
    freed = dict.fromkeys((part.code for part in ledger.lines[0].parts), 0)
    for had, has in pairwise(steps):
        more = freed_by_code(ledger, (had, *others), (has, *others))
        for code, fen in more.items():
            assert fen > 0
            freed[code] += fen
        returned = dict.fromkeys(freed, 0)
        line = ledger.lines[0]
        for part, fen in zip(line.parts, line_refund(line, has).parts_fen, strict=True):
            returned[part.code] += fen
        assert all(freed[code] <= returned[code] for code in freed)
    assert freed == {part.code: part.fen for part in ledger.lines[0].parts}
