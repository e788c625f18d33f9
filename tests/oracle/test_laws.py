"""The engine keeps its laws on random cases, and the laws are shown to bite."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from app.domain.checkout import decision
from app.domain.promotions import bound, search
from app.domain.promotions.bill import Bill
from app.domain.promotions.combination import Combination
from app.domain.promotions.contender import Contender
from app.domain.promotions.legality import rivals
from app.domain.promotions.wanted import Found
from bench.fuzz_engine import case_of, main
from tests.oracle.laws import broken_laws

CASES = 300
ENOUGH_TO_BITE = 300

Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("tenth", range(10))
def test_the_engine_keeps_its_laws(tenth: int) -> None:
    for number in range(tenth, CASES, 10):
        rng, purchase = case_of(2_026, number)
        assert list(broken_laws(rng, purchase)) == [], f"case {number} of seed 2026"


def _bound_too_high(patch: pytest.MonkeyPatch) -> None:
    right = bound.Ahead.bound_fen

    def wrong(self: bound.Ahead, *place: Any, thorough: bool) -> int:
        return right(self, *place, thorough=thorough) + 1

    patch.setattr(bound.Ahead, "bound_fen", wrong)


def _tie_by_payable_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Combination, "key", lambda self, fee: (sum(self.running) + fee, 0, 0, (), 0, ()))


def _no_floor(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Bill, "headroom", lambda self, scope, running: sum(running))


def _nobody_clashes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("app.domain.promotions.roster.rivals", lambda found: [0 for _ in found])


def _groups_forgotten(patch: pytest.MonkeyPatch) -> None:
    def wrong(found: Any) -> list[int]:
        clashes = rivals(found)
        return [mask & ~1 if i else 0 for i, mask in enumerate(clashes)]

    patch.setattr("app.domain.promotions.roster.rivals", wrong)


def _running_thresholds_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = Contender.discount

    def wrong(self: Contender, running: tuple[int, ...]) -> Any:
        found = right(self, running)
        return found if found.fen else right(self, self.bill.lines)

    patch.setattr(Contender, "discount", wrong)


def _certificate_always_exact(patch: pytest.MonkeyPatch) -> None:
    right = Found

    def wrong(members: Any, payable: int, exact: bool, nodes: int, lower: int) -> Found:
        return right(members, payable, True, nodes, payable)

    patch.setattr(search, "Found", wrong)


def _choice_ignored(patch: pytest.MonkeyPatch) -> None:
    right = decision.constraints_of

    def wrong(purchase: Any, roster: Any) -> Any:
        right(purchase, roster)
        return decision.Constraints(removed=decision.points_removed(purchase, roster))

    patch.setattr(decision, "constraints_of", wrong)


@pytest.mark.parametrize(
    "plant",
    [
        _bound_too_high,
        _tie_by_payable_alone,
        _no_floor,
        _nobody_clashes,
        _groups_forgotten,
        _running_thresholds_forgotten,
        _certificate_always_exact,
        _choice_ignored,
    ],
)
def test_the_laws_find_a_planted_fault(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for number in range(ENOUGH_TO_BITE):
        rng, purchase = case_of(2_026, number)
        try:
            broken = list(broken_laws(rng, purchase))
        except (AssertionError, ValueError):
            return
        if broken:
            return
    pytest.fail(f"{ENOUGH_TO_BITE} cases saw nothing")


def test_the_command_succeeds_and_says_its_seed() -> None:
    run = CliRunner().invoke(main, ["--n", "3", "--seed", "7"])
    assert run.exit_code == 0
    assert "seed 7" in run.output
    assert "3 cases, 0 failed" in run.output


def test_the_command_fails_with_a_way_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _no_floor(monkeypatch)
    run = CliRunner().invoke(main, ["--n", "60", "--seed", "7"])
    assert run.exit_code == 1
    assert "python -m bench.fuzz_engine --seed 7 --only" in run.output
