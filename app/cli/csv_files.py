"""Tables as files for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.schema.texts.amounts import money

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Path:
    """Whole or not at all; a file that stands is replaced."""
    draft = path.with_suffix(".part")
    # The mark at the start tells spreadsheets that it is UTF-8.
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    draft.replace(path)
    return path


def as_text(cell: str) -> str:
    """Names come from others: a spreadsheet must not run one as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def in_yuan(fen: int) -> str:
    """A figure that a spreadsheet adds up: "1234.50"."""
    return money(fen).replace("¥", "").replace(",", "")
