"""The golden runner bites: an expectation that is wrong by the least fails."""

from typing import Any

import pytest

from tests.golden.cases import GoldenCase, all_cases, purchase_of
from tests.golden.test_promotions import test_golden as run

CASES = {case.name: case for case in all_cases()}
LANES = "lanes_and_stacking: lanes apply in order"
UNLOCK = "unlocks: by litres"
CHOICE = "choice: free"
WINDOW = "condition_schedule: a window of the day is half open (1)"

REWARD = "rewards_and_exchange: points for what is paid, and no explanation"
REFUND = "ledger: a refund of a part of the fuel, then of the rest"


def wrong(name: str, **expect: Any) -> GoldenCase:
    case = CASES[name]
    return GoldenCase(case.name, case.given, {**case.expect, **expect})


@pytest.mark.parametrize(
    "case",
    [
        wrong(LANES, payable_fen=14607),
        wrong(LANES, discount_fen=5395),
        wrong(LANES, fixes_payment=False),
        wrong(LANES, applied=CASES[LANES].expect["applied"][:-1]),
        wrong(LANES, applied=[["LESS-050", 1250]] * 5),
        wrong(LANES, lines=[["PUMP_AMOUNT", 20000, 20000]]),
        wrong(UNLOCK, unlocks=[]),
        wrong(UNLOCK, unlocks=[{**CASES[UNLOCK].expect["unlocks"][0], "add_ml": 2001}]),
        wrong(UNLOCK, unit_price_mill=1),
        wrong(CHOICE, forgone_fen=1),
        wrong(CHOICE, nearest_first=["B"]),
        wrong(CHOICE, forced={"A": 18501}),
        wrong(CHOICE, not_applied={"A": {"outcome": "BEATEN", "reasons": ["TIE"]}}),
        wrong(CHOICE, not_applied={"A": {"outcome": "INELIGIBLE", "reasons": ["CLASH"]}}),
        wrong(CHOICE, not_applied={"A": {"outcome": "BEATEN", "reasons": []}}),
        wrong(CHOICE, not_applied={
            "A": {"outcome": "BEATEN", "reasons": ["CLASH"], "conflicts": []}}),
        wrong(CHOICE, not_applied={"B": {"outcome": "BEATEN", "reasons": ["CLASH"]}}),
        wrong(WINDOW, not_applied={"MORNING": {"outcome": "INELIGIBLE", "reasons": [
            {"code": "TIME_WINDOW", "available_from": "2026-03-10T07:00:01+08:00"}]}}),
        wrong(WINDOW, not_applied={"MORNING": {"outcome": "INELIGIBLE", "reasons": [
            {**CASES[WINDOW].expect["not_applied"]["MORNING"]["reasons"][0], "accepted": ["?"]}]}}),
        wrong(WINDOW, litres="25.001"),
        wrong(REWARD, rewards=[]),
        wrong(REWARD, rewards=[{"code": "R", "points": 381}]),
        wrong(REFUND, ledger=[[["T#1", "PLATFORM", 1000]]]),
        wrong(REFUND, borne={"PLATFORM": 500}),
        wrong(REFUND, consumes=[{"code": "T", "per": "USER", "period": "EVER", "fen": 1000}]),
        wrong(REFUND, refunds=[{"fuel_fen": 5000, "money_fen": 4751}]),
        wrong(REFUND, refunds=[{"rest": True, "fee_fen": 0}]),
    ],
)  # fmt: skip
def test_a_wrong_expectation_fails(case: GoldenCase) -> None:
    with pytest.raises(AssertionError):
        run(case)


def test_a_refusal_that_does_not_come_fails() -> None:
    with pytest.raises(pytest.fail.Exception):
        run(wrong(CHOICE, refused=["UNKNOWN_COUPON", 3]))


def test_another_refusal_fails() -> None:
    with pytest.raises(AssertionError):
        run(wrong("choice: coupons that clash", refused=["UNKNOWN_COUPON", 3]))


def test_a_misspelt_word_fails() -> None:
    with pytest.raises(KeyError):
        run(wrong(CHOICE, payable_fenn=1))
    with pytest.raises(ValueError, match="paymnt"):
        purchase_of({**CASES[CHOICE].given, "paymnt": "ALIPAY"})
