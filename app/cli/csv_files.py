"""Tables as files for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path


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
