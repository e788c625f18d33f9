"""Adding a benefit or a condition: these tests name what was forgotten (see CONTRIBUTING)."""

from pathlib import Path

import pytest

from app.documents.case_model import Expect
from app.domain.checkout.impossible import ChoiceFault
from app.domain.checkout.quote import UnlockKind
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.conditions import CONDITION_KINDS
from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.reason import ReasonCode
from app.schema.texts.benefits import BENEFIT_TEXTS
from app.schema.texts.conditions import CONDITION_TEXTS
from tests.golden.cases import FOLDER, GoldenCase, all_cases, cases_in

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
CASES = list(all_cases())


LATER: frozenset[ReasonCode] = frozenset()
"""Codes that wait for a capability that is not built, with its name; the engine produces the rest."""


def applied(case: GoldenCase) -> set[str]:
    """Codes that the case expects to apply, or to be earned by."""
    offers = case.expect.get("applied", [])
    codes = {offer[0] if isinstance(offer, list) else offer["code"] for offer in offers}
    return codes | {reward["code"] for reward in case.expect.get("rewards", [])}


def reasons(case: GoldenCase) -> set[str]:
    found = (r for offer in case.expect.get("not_applied", {}).values() for r in offer["reasons"])
    return {reason if isinstance(reason, str) else reason["code"] for reason in found}


@pytest.mark.parametrize("kind", BENEFIT_KINDS)
def test_a_benefit_is_complete(kind: str) -> None:
    golden = FOLDER / f"{kind.lower()}.yaml"
    forgotten = []
    if not golden.exists() or not any(_applies(case, kind) for case in cases_in(golden)):
        forgotten.append(f"golden cases: tests/golden/promotions/{golden.name}")
    if kind not in BENEFIT_TEXTS:
        forgotten.append("label: app/schema/texts/benefits.py")
    if f"| {kind} |" not in GLOSSARY.read_text(encoding="utf-8"):
        forgotten.append("row: docs/glossary.md")
    assert not forgotten, f"{kind} lacks its {'; '.join(forgotten)}"


@pytest.mark.parametrize("kind", CONDITION_KINDS)
def test_a_condition_is_complete(kind: str) -> None:
    """Its golden cases show it both holding and failing."""
    concerned = [(case, code) for case in CASES for code in _conditioned(case, kind)]
    forgotten = []
    if not any(code in applied(case) for case, code in concerned):
        forgotten.append("golden case in which it holds")
    if not any(code in case.expect.get("not_applied", {}) for case, code in concerned):
        forgotten.append("golden case in which it fails")
    if kind not in CONDITION_TEXTS:
        forgotten.append("text: app/schema/texts/conditions.py")
    if f"| {kind} |" not in GLOSSARY.read_text(encoding="utf-8"):
        forgotten.append("row: docs/glossary.md")
    assert not forgotten, f"{kind} lacks its {'; '.join(forgotten)}"


@pytest.mark.parametrize("code", sorted(set(ReasonCode) - LATER))
def test_a_golden_case_shows_every_reason(code: ReasonCode) -> None:
    """Cases are run, so what they expect is what the engine produces."""
    assert any(code in reasons(case) for case in CASES)


@pytest.mark.parametrize("fault", ChoiceFault)
def test_a_golden_case_shows_every_refusal(fault: ChoiceFault) -> None:
    assert any(case.expect.get("refused", [None])[0] == fault for case in CASES)


@pytest.mark.parametrize("kind", UnlockKind)
def test_a_golden_case_shows_every_hint(kind: UnlockKind) -> None:
    assert any(
        hint.get("kind") == kind for case in CASES for hint in case.expect.get("unlocks", [])
    )


@pytest.mark.parametrize("per", LimitPer)
@pytest.mark.parametrize("period", LimitPeriod)
def test_golden_cases_count_by_all_and_in_every_period(per: LimitPer, period: LimitPeriod) -> None:
    """Each who and each how long, not each pair."""
    limits = [
        (limit["per"], limit.get("period", LimitPeriod.EVER))
        for case in CASES
        for promotion in case.given.get("promotions", [])
        for limit in promotion.get("limits", [])
    ]
    assert per in {who for who, _ in limits}
    assert period in {how_long for _, how_long in limits}


@pytest.mark.parametrize("word", sorted(Expect.model_fields))
def test_a_golden_case_uses_every_word_of_expect(word: str) -> None:
    assert any(word in case.expect for case in CASES)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def _applies(case: GoldenCase, kind: str) -> bool:
    promotions = case.given.get("promotions", [])
    return bool(applied(case) & {p["code"] for p in promotions if p["benefit"]["kind"] == kind})


def _conditioned(case: GoldenCase, kind: str) -> list[str]:
    """Codes of the case's promotions that carry the condition."""
    return [
        promotion["code"]
        for promotion in case.given.get("promotions", [])
        if any(condition["kind"] == kind for condition in promotion.get("conditions", []))
    ]
