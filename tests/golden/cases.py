"""The golden cases in `promotions/` (the format: `app.documents.cases`, docs/case-suite.md)."""

from collections.abc import Iterator
from pathlib import Path

from app.documents.cases import Case as GoldenCase
from app.documents.cases import load_cases, purchase_of

__all__ = ["FOLDER", "GoldenCase", "all_cases", "cases_in", "purchase_of"]

FOLDER = Path(__file__).parent / "promotions"


def all_cases() -> Iterator[GoldenCase]:
    for path in sorted(FOLDER.rglob("*.yaml")):
        yield from cases_in(path)


def cases_in(path: Path) -> Iterator[GoldenCase]:
    yield from load_cases(path)
