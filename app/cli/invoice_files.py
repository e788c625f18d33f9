"""Invoices as a file for spreadsheets: asked-for ones out, issued ones in, by the same columns."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.cli.csv_files import as_text, in_yuan, write_csv
from app.cli.errors import CommandFailed, ExitCode
from app.domain.orders.issuing import InvoiceFault, InvoiceRefused, Paper
from app.ports.invoices import ListedInvoice

ORDER, NUMBER, ISSUED_ON, AMOUNT, URL = (
    "订单号 order",
    "发票号码 invoice number",
    "开票日期 issued on",
    "金额(元) amount yuan",
    "下载地址 url",
)
COLUMNS = (
    ORDER,
    "抬头 title",
    "税号 tax number",
    "邮箱 email",
    AMOUNT,
    "申请时间 asked",
    NUMBER,
    ISSUED_ON,
    URL,
)
NEEDED = frozenset({ORDER, NUMBER, ISSUED_ON, AMOUNT})
_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """A line of the file, as it was typed."""

    line: int
    order: str
    number: str
    issued_on: str
    yuan: str
    url: str

    def paper(self) -> Paper:
        """Raises `InvoiceRefused`."""
        return paper_of(self.number, self.issued_on, self.yuan, self.url or None)


def write_listed(path: Path, found: Iterable[ListedInvoice]) -> Path:
    """Readable by its owner alone: it holds tax numbers and addresses."""
    previous = os.umask(0o077)
    try:
        return write_csv(path, COLUMNS, map(_cells, found))
    finally:
        os.umask(previous)


def _cells(listed: ListedInvoice) -> list[str | int]:
    invoice, bill = listed.invoice, listed.invoice.bill
    return [
        listed.number,
        as_text(bill.title),
        bill.tax_number or "",
        as_text(bill.email or ""),
        in_yuan(invoice.amount_fen),
        f"{invoice.requested_at.astimezone():%Y-%m-%d %H:%M:%S}",
        invoice.number or "",
        invoice.issued_on.isoformat() if invoice.issued_on else "",
        invoice.url or "",
    ]


def read_filled(path: Path) -> Iterator[FilledRow]:
    """The rows in which a number was filled in. Columns are found by their names, in any order;
    others are passed by. Raises `CommandFailed` for a file that is no such table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if not set(reader.fieldnames or ()) >= NEEDED:
                raise CommandFailed(
                    f"{path.name} 缺少列：{'、'.join(sorted(NEEDED - set(reader.fieldnames or ())))}。",
                    "Columns are missing: take the file that `youhui invoices list --out` writes.",
                )
            for row in reader:
                if (row[NUMBER] or "").strip():
                    yield _filled(reader.line_num, row)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise CommandFailed(
            f"{path.name} 读不完：须为 UTF-8 的 CSV。",
            f"The file cannot be read to its end: it must be CSV in UTF-8. {fault}",
            ExitCode.FILE_UNREADABLE,
        ) from fault


def _filled(line: int, row: Mapping[str, str]) -> FilledRow:
    def cell(name: str) -> str:
        return (row.get(name) or "").strip()

    return FilledRow(
        line=line,
        order=cell(ORDER),
        number=cell(NUMBER),
        issued_on=cell(ISSUED_ON),
        yuan=cell(AMOUNT),
        url=cell(URL),
    )


def paper_of(number: str, day: str, yuan: str, url: str | None) -> Paper:
    """As it was typed: a day like 2026-11-23 or 2026/11/23, yuan with at most two decimals. Raises
    `InvoiceRefused`."""
    amount, dated = _YUAN.fullmatch(yuan), _DAY.fullmatch(day)
    if amount is None:
        raise InvoiceRefused(InvoiceFault.AMOUNT)
    if dated is None:
        raise InvoiceRefused(InvoiceFault.DATE)
    try:
        issued_on = date(*map(int, dated.groups()))
    except ValueError:
        raise InvoiceRefused(InvoiceFault.DATE) from None
    fen = int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0"))
    return Paper(number=number, issued_on=issued_on, amount_fen=fen, url=url)
