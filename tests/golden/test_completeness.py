"""Adding a benefit or a condition: these tests name what was forgotten (see CONTRIBUTING)."""

from pathlib import Path

import pytest

from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.conditions import CONDITION_KINDS
from app.domain.promotions.reason import ReasonCode
from app.schema.texts.benefits import BENEFIT_TEXTS
from app.schema.texts.conditions import CONDITION_TEXTS
from tests.golden.cases import FOLDER, GoldenCase, all_cases, cases_in

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
CASES = list(all_cases())


def applied(case: GoldenCase) -> set[str]:
    """Codes that the case expects to apply."""
    offers = case.expect.get("applied", [])
    return {offer[0] if isinstance(offer, list) else offer["code"] for offer in offers}


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


@pytest.mark.parametrize("code", ReasonCode)
def test_a_golden_case_shows_every_reason(code: ReasonCode) -> None:
    assert any(code in reasons(case) for case in CASES)


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
