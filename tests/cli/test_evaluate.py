"""`youhui evaluate`: what an operator sees, what a machine reads, and when it fails."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.evaluate import evaluate

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "evaluate-12-candidates.yaml"
TWO = """
cases:
  - name: met
    given: &given
      promotions:
        - {code: LESS, lane: ACTIVITY, benefit: {kind: AMOUNT_OFF, off_fen: 500}}
        - code: MORE
          lane: ACTIVITY
          conditions: [{kind: THRESHOLD_AMOUNT, min_fen: 30000}]
          benefit: {kind: AMOUNT_OFF, off_fen: 3000}
    expect: {payable_fen: 19500}
  - name: not met
    given: *given
    expect: {payable_fen: 19499, applied: [[LESS, 500]]}
  - name: refused
    given: {choice: {coupons: [3]}}
    expect: {refused: [UNKNOWN_COUPON, 3]}
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    file = tmp_path / "two.yaml"
    file.write_text(TWO, encoding="utf-8")
    return file


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(
        evaluate, [str(argument) for argument in arguments], env={"COLUMNS": "120"}
    )


def test_the_example_of_twelve_candidates() -> None:
    told = run(EXAMPLE)
    assert told.exit_code == 0, told.output
    for words in (
        "机显金额", "¥300.00", "夜间 97 折", "-¥8.67", "应付", "¥248.25",
        "仅限新用户首单", "与已选优惠不可同享（NIGHT-3）", "再加 100 元可省 25.03 元",
        "已证明是最省的组合", "✓ 与预期一致", "247 积分", "账目", "¥8.86",
    ):  # fmt: skip
        assert words in told.stdout


def test_in_english() -> None:
    told = run(EXAMPLE, "--language", "en")
    for words in ("Pump amount", "payable", "Only for the first order", "✓ as expected"):
        assert words in told.stdout
    assert "机显金额" not in told.stdout


def test_json_holds_everything() -> None:
    (line,) = run(EXAMPLE, "--json").stdout.splitlines()
    told = json.loads(line)
    assert told["payable_fen"] == 24825
    assert told["lines"][0] == ["PUMP_AMOUNT", 30000, 30000]
    assert told["not_applied"]["FULL-200"]["conflicts"] == ["NIGHT-3"]
    assert told["not_applied"]["FULL-200"]["payable_if_forced_fen"] == 25192
    assert told["not_applied"]["FULL-400"]["reasons"][0]["gap_fen"] == 10000
    assert told["not_applied"]["FULL-400"]["reasons"][0]["message"] == "再加 100 元可用"
    assert told["certificate"]["exact"] is True
    assert told["certificate"]["lower_bound_fen"] == 24825
    assert told["differences"] == []
    assert told["rewards"] == [{"code": "GROW-1", "points": 247}]
    assert told["ledger"][0][:2] == [["DIRECT-030", "PLATFORM", 222], ["DIRECT-030", "BRAND", 886]]
    assert told["borne"] == {"PLATFORM": 3956, "STATION": 433, "BRAND": 886}
    assert len(told["applied"]) + len(told["not_applied"]) == 12


def test_one_of_many_by_its_name(two: Path) -> None:
    met = run(two, "--case", "met")
    assert met.exit_code == 0
    assert "¥195.00" in met.stdout
    assert "再加 100 元可用" in met.stdout


def test_an_expectation_that_is_not_met_fails_and_is_named(two: Path) -> None:
    told = run(two, "--case", "not met")
    assert told.exit_code == 1
    assert "与预期不符" in told.stdout
    assert "19499" in told.stdout
    (line,) = run(two, "--case", "not met", "--json").stdout.splitlines()
    assert json.loads(line)["differences"] == [
        {"name": "payable_fen", "expected": 19499, "found": 19500}
    ]


def test_many_are_summed_up(two: Path) -> None:
    told = run(two)
    assert told.exit_code == 1
    assert "✗ payable_fen" in told.stdout
    assert "3 个用例，1 个与预期不符" in told.stdout


def test_a_refusal_is_told(two: Path) -> None:
    told = run(two, "--case", "refused")
    assert told.exit_code == 0
    assert "UNKNOWN_COUPON" in told.stdout


def test_a_price_where_a_refusal_is_expected_fails(two: Path) -> None:
    two.write_text(TWO.replace("{choice: {coupons: [3]}}", "{}"), encoding="utf-8")
    told = run(two, "--case", "refused")
    assert told.exit_code == 1


def test_a_case_that_is_not_there_is_wrong_usage(two: Path) -> None:
    told = run(two, "--case", "nobody")
    assert told.exit_code == 2
    assert "two: not met" in told.stderr


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        (
            "payable_fen: 19500",
            "two.yaml:11  cases[0].expect.payable_fenn",
            "is no field of a case",
        ),
        ("name: met", "two.yaml:3  cases[0].name", "is missing: add it"),
        ("off_fen: 500", "given.promotions[0].benefit.off_fen", "must be a whole number"),
    ],
)
def test_a_wrong_file_names_the_place(two: Path, wrong: str, place: str, words: str) -> None:
    replaced = {
        "payable_fen: 19500": "payable_fenn: 1",
        "name: met": "note: met",
        "off_fen: 500": "off_fen: x",
    }
    two.write_text(TWO.replace(wrong, replaced[wrong], 1), encoding="utf-8")
    told = run(two)
    assert told.exit_code == 1
    assert place in told.stderr
    assert words in told.stderr
