"""What every reader gives: rows of named texts, and bytes counted as they are read."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from app.domain.stations.findings import Finding, RowFault
from app.ports.station_files import FileFault, FileFaultKind

OnBytes = Callable[[int], None]
"""Told the number of bytes read so far."""

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """`line` from 1, the header included (GeoJSON: the number of the feature)."""

    line: int
    fields: Mapping[str, str]
    findings: tuple[Finding, ...] = field(default=())


def text_findings(fields: Mapping[str, str]) -> tuple[Finding, ...]:
    """Control characters, and U+FFFD, which an earlier wrong decoding leaves behind."""
    bad = [name for name, value in fields.items() if _UNPRINTABLE.search(value)]
    return (Finding(RowFault.UNPRINTABLE, ", ".join(bad)),) if bad else ()


class CountedReader(io.RawIOBase):
    """A file that tells how far it has been read."""

    def __init__(self, file: BinaryIO, on_bytes: OnBytes) -> None:
        self._file = file
        self._on_bytes = on_bytes
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._count += len(block)
        self._on_bytes(self._count)
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()


def open_counted(path: Path, on_bytes: OnBytes) -> IO[bytes]:
    """A buffered binary stream without its UTF-8 mark. The mark is accepted: spreadsheets write
    it. Missing, empty and UTF-16 files raise `FileFault`."""
    try:
        raw = path.open("rb")
    except OSError as fault:
        raise FileFault(
            FileFaultKind.NOT_FOUND,
            0,
            f"打不开文件 {path}",
            f"cannot open {path}: {fault.strerror}",
        ) from fault
    stream = io.BufferedReader(CountedReader(raw, on_bytes), buffer_size=1 << 16)
    try:
        _check_start(stream)
    except FileFault:
        stream.close()
        raise
    return stream


def _check_start(stream: "io.BufferedReader[CountedReader]") -> None:
    start = stream.peek(4)[:4]
    if start.startswith(UTF16_MARKS):
        raise FileFault(
            FileFaultKind.UTF16,
            1,
            "文件是 UTF-16 编码，请另存为 UTF-8",
            "the file is UTF-16: save it as UTF-8",
        )
    if start.startswith(UTF8_MARK):
        stream.read(len(UTF8_MARK))
    if not stream.peek(1):
        raise FileFault(FileFaultKind.EMPTY, 0, "文件是空的", "the file is empty")


def undecodable(path: Path, encoding: str) -> FileFault | None:
    """The fault at the first line that is not text in `encoding`; None where all are.

    A last line that ends inside a character is that of a file cut off.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as fault:
                at_end = fault.end == len(line) and not file.read(1)
                if at_end and not line.endswith(b"\n"):
                    return truncated(number)
                return _wrong_encoding(number, encoding.upper())
    return None


def truncated(line: int) -> FileFault:
    return FileFault(
        FileFaultKind.TRUNCATED,
        line,
        f"文件在第 {line} 行中断，请重新下载",
        f"the file is cut off inside line {line}: fetch it again",
    )


def _wrong_encoding(line: int, name: str) -> FileFault:
    return FileFault(
        FileFaultKind.NOT_UTF8,
        line,
        f"第 {line} 行不是 {name} 文本；GBK 文件请转成 UTF-8，或在映射里写 encoding: gb18030",
        f"line {line} is not {name} text: convert the file to UTF-8, or name its encoding in the "
        "mapping (GBK: gb18030)",
    )
