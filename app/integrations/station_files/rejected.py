"""The file of rejected rows that an import leaves beside its input."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from app.domain.stations.findings import Rejection
from app.integrations.station_files.rows import SourceRow

COLUMNS = ("line", "source_id", "reasons", "explanation", "row")


def rejected_path(path: Path) -> Path:
    """Beside the input: "stations.csv.rejected.csv"."""
    return path.with_name(path.name + ".rejected.csv")


def write_rejected(path: Path, rejections: Iterable[Rejection], rows: Iterable[SourceRow]) -> int:
    """Writes each rejected row with its line, all reason codes, their explanation and the row as
    JSON; returns how many. `rows`: the file read again, so that no row had to be kept in memory.

    Without rejections an older file of that name is removed: it would tell of another import.
    """
    by_line = {rejection.line: rejection for rejection in rejections}
    if not by_line:
        path.unlink(missing_ok=True)
        return 0
    # The mark lets spreadsheets read the Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            rejection = by_line.get(row.line)
            if rejection is not None:
                writer.writerow(_written(rejection, row))
    return len(by_line)


def _written(rejection: Rejection, row: SourceRow) -> tuple[object, ...]:
    return (
        rejection.line,
        rejection.source_id,
        " ".join(finding.fault.value for finding in rejection.findings),
        "; ".join(str(finding) for finding in rejection.findings),
        json.dumps(row.fields, ensure_ascii=False),
    )
