"""CSV files with a header, read row by row and checked as a file on the way."""

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path

from app.domain.stations.findings import Finding, RowFault
from app.integrations.station_files.rows import (
    OnBytes,
    SourceRow,
    open_counted,
    text_findings,
    truncated,
    undecodable,
)
from app.ports.station_files import FileFault, FileFaultKind

Record = tuple[int, list[str]]


def read_csv(
    path: Path, encoding: str, needed: Collection[str], on_bytes: OnBytes
) -> Iterator[SourceRow]:
    """Rows by column name; blank lines are left out.

    A row with more or fewer fields than the header carries a finding. Raises `FileFault`: empty,
    wrong header (`needed` columns absent, or a name twice), no rows, not `encoding`, quotes that
    do not match, cut off inside a quoted field or inside the last row.
    """
    with io.TextIOWrapper(open_counted(path, on_bytes), encoding=encoding, newline="") as text:
        records = _records(text, path, encoding)
        _, header = next(records)
        columns = _columns(header, needed)
        count = 0
        for (line, record), is_last in _with_last(records):
            if len(record) < len(columns) and is_last and not _ends_with_newline(path):
                raise truncated(line)
            count += 1
            yield _row(line, columns, record)
        if count == 0:
            zh, en = "文件只有表头，没有数据行", "the file holds a header and no rows"
            raise FileFault(FileFaultKind.NO_ROWS, 1, zh, en)


def _records(text: io.TextIOWrapper, path: Path, encoding: str) -> Iterator[Record]:
    """(first line, fields) of each record that is not blank; the first one is the header."""
    # `strict` makes an unclosed quote an error; without it the rest of a cut file is one field.
    reader = csv.reader(text, strict=True)
    line = 1
    try:
        for record in reader:
            if any(field.strip() for field in record):
                yield line, record
            line = reader.line_num + 1
    except UnicodeDecodeError as fault:
        raise undecodable(path, encoding) or fault from None
    except csv.Error as fault:
        if "unexpected end of data" in str(fault):
            raise truncated(line) from fault
        raise FileFault(
            FileFaultKind.BROKEN_QUOTES,
            line,
            f"从第 {line} 行起引号不配对",
            f"quotes do not match from line {line} on: {fault}",
        ) from fault


def _columns(header: list[str], needed: Collection[str]) -> list[str]:
    columns = [name.strip() for name in header]
    missing = sorted(set(needed) - set(columns))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if missing:
        names = ", ".join(missing)
        zh, en = f"表头缺少列：{names}", f"the header lacks the columns: {names}"
        raise FileFault(FileFaultKind.WRONG_HEADER, 1, zh, en)
    if twice:
        names = ", ".join(twice)
        zh, en = f"表头有重名的列：{names}", f"the header names columns twice: {names}"
        raise FileFault(FileFaultKind.WRONG_HEADER, 1, zh, en)
    return columns


def _row(line: int, columns: list[str], record: list[str]) -> SourceRow:
    fields = dict(zip(columns, record, strict=False))
    findings = text_findings(fields)
    if len(record) != len(columns):
        detail = f"{len(record)} ≠ {len(columns)}"
        findings = (Finding(RowFault.COLUMN_COUNT, detail), *findings)
    return SourceRow(line, fields, findings)


def _with_last(records: Iterator[Record]) -> Iterator[tuple[Record, bool]]:
    """Each record, and whether it is the last."""
    held = next(records, None)
    while held is not None:
        following = next(records, None)
        yield held, following is None
        held = following


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, io.SEEK_END)
        return file.read(1) in (b"\n", b"\r")
