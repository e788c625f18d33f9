"""The file that new codes are written to, once: a part beside it until all are there."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.wallet.codes import FREE_SIGNS, code_of, read_code, spelled

OWNER_ONLY = 0o600


class CodeFileFault(Exception):
    """The file cannot be used. `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(slots=True)
class CodeFile:
    """`part` names the run that its codes are of, so that the same command goes on with it. Codes
    are on the disk before anybody else knows their hashes: a code that works is in the file."""

    out: Path
    part: Path
    run_id: int
    _descriptor: int | None = None

    @classmethod
    def begun(cls, out: Path) -> "CodeFile | None":
        """The unfinished file of an earlier call. Raises `CodeFileFault` where `out` is finished,
        or several parts stand beside it."""
        if out.exists():
            raise CodeFileFault(
                f"{out} 已存在，不会覆盖。", f"{out} exists and is not written over."
            )
        parts = sorted(out.parent.glob(f"{out.name}.run-*.part"))
        if len(parts) > 1:
            raise CodeFileFault(
                f"{out} 旁有多个未完成的文件：{'、'.join(part.name for part in parts)}",
                f"Several unfinished files stand beside {out}.",
            )
        if not parts:
            return None
        number = parts[0].name.removeprefix(f"{out.name}.run-").removesuffix(".part")
        if not number.isdigit():
            raise CodeFileFault(f"{parts[0]} 的名字有误。", f"{parts[0]} has a wrong name.")
        return cls(out, parts[0], int(number))

    @classmethod
    def begin(cls, out: Path, run_id: int) -> "CodeFile":
        return cls(out, out.with_name(f"{out.name}.run-{run_id}.part"), run_id)

    def __enter__(self) -> Self:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._descriptor = os.open(self.part, flags, OWNER_ONLY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def chunks(self, count: int, size: int) -> Iterator[list[str]]:
        """All codes of the file, chunk by chunk: first those that an earlier call wrote, then new
        ones, each chunk on the disk before it is given out, until there are `count`."""
        had = self._kept()
        for start in range(0, len(had), size):
            yield had[start : start + size]
        known = set(had)
        while len(known) < count:
            fresh: list[str] = []
            wanted = min(size, count - len(known))
            while len(fresh) < wanted:
                code = code_of(secrets.randbits(5 * FREE_SIGNS))
                if code not in known:
                    known.add(code)
                    fresh.append(code)
            self._write("".join(f"{spelled(code)}\n" for code in fresh))
            yield fresh

    def finish(self) -> None:
        """Under its own name at last; never over another file."""
        try:
            os.link(self.part, self.out)
        except FileExistsError:
            raise CodeFileFault(
                f"{self.out} 已存在；兑换码在 {self.part}。",
                f"{self.out} exists; the codes are in {self.part}.",
            ) from None
        self.part.unlink()

    def _kept(self) -> list[str]:
        """What was written whole; a line that was cut short is cut off, for nobody knows its
        code."""
        octets = self.part.read_bytes()
        whole = octets[: octets.rfind(b"\n") + 1]
        if len(whole) < len(octets):
            os.truncate(self.part, len(whole))
        codes = [read_code(line) for line in whole.decode("ascii", errors="replace").splitlines()]
        if any(code is None for code in codes):
            raise CodeFileFault(
                f"{self.part} 被改动过。", f"{self.part} has been changed: some lines are no codes."
            )
        return [code for code in codes if code is not None]

    def _write(self, text: str) -> None:
        if self._descriptor is None:
            raise CodeFileFault("文件未打开。", "The file is not open.")
        octets = text.encode("ascii")
        while octets:
            octets = octets[os.write(self._descriptor, octets) :]
        os.fsync(self._descriptor)
