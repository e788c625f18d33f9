"""`youhui invoices`, on a real database."""

import csv
from pathlib import Path

import pytest

from app.cli.invoice_files import AMOUNT, COLUMNS, ISSUED_ON, NUMBER, ORDER
from app.cli.invoices import invoices
from app.resolvers.invoices import InvoiceAsked, request_invoice
from tests.cli.shop_floor import Shopping, opened, run
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import Shop

DAY = "2026-04-22"
PAPER = ("--number", "26312000000123456789", "--date", DAY)
SEALING_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture(autouse=True)
def same_key(command_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's."""
    monkeypatch.setenv("YOUHUI_SEALING_KEY", SEALING_KEY)


async def asked(shop: Shop, count: int = 1) -> list[str]:
    """The numbers of orders whose invoices over 195 yuan were asked for."""
    await opened(shop)
    numbers: list[str] = []
    for place in range(count):
        order_id = await shop.buy(order_terms(applied_term("A", 500)))
        wanted = InvoiceAsked(
            order_id=order_id,
            title="=油惠测试",
            tax_number="91310000MA1FL0001X",
            email="driver@example.com",
            idempotency_key=f"invoice-{place}",
        )
        assert (await request_invoice(shop.desk(), 1, wanted)).refusals == ()
        numbers.append((await shop.order(order_id)).number)
    return numbers


def test_one_is_listed_without_what_is_personal_and_issued_once(shopping: Shopping):
    (number,) = shopping(asked)
    said = run(invoices, "list").stdout
    assert number in said
    assert "¥195.00" in said
    assert "91310000" not in said
    issue = ("issue", number, *PAPER, "--amount", "195", "--as", "王会计")
    assert "ISSUED" in run(invoices, *issue).stdout
    assert "ISSUED" in run(invoices, *issue).stdout
    assert number not in run(invoices, "list").stdout
    assert "26312000000123456789" in run(invoices, "list", "--status", "ISSUED").stdout

    async def acts(shop: Shop) -> list[tuple[str, ...]]:
        return await shop.rows("SELECT act, actor FROM audit_event WHERE act = 'invoice.issue'")

    assert shopping(acts) == [("invoice.issue", "王会计")]


def test_what_was_written_out_is_filled_in_and_taken_in(shopping: Shopping, tmp_path: Path):
    numbers = shopping(lambda shop: asked(shop, 4))
    file = tmp_path / "invoices.csv"
    assert "4 张" in run(invoices, "list", "--out", file, "--as", "王会计").stdout
    assert file.stat().st_mode & 0o077 == 0
    with file.open(encoding="utf-8-sig", newline="") as opened_file:
        rows = list(csv.DictReader(opened_file))
    assert [row[ORDER] for row in rows] == numbers
    assert rows[0][COLUMNS[1]] == "'=油惠测试"
    assert rows[0][COLUMNS[2]] == "91310000MA1FL0001X"
    filled = [
        {NUMBER: "26312000000123456789", ISSUED_ON: "2026/4/22", AMOUNT: "195"},
        {NUMBER: "26312000000000000001", ISSUED_ON: DAY, AMOUNT: "194.99"},
        {NUMBER: "2.6312E+19", ISSUED_ON: DAY},
        {},
    ]
    with file.open("w", encoding="utf-8-sig", newline="") as draft:
        writer = csv.DictWriter(draft, COLUMNS)
        writer.writeheader()
        writer.writerows(row | more for row, more in zip(rows, filled, strict=True))
    result = run(invoices, "import", file, code=1)
    assert "1 张" in result.stdout
    for place, why in (("invoices.csv:3", "¥195.00"), ("invoices.csv:4", "20 位")):
        assert place in result.output
        assert why in result.output
    again = run(invoices, "import", file, code=1)
    assert "1 张" in again.stdout

    async def kept(shop: Shop) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        read = "SELECT actor, after->>'count' FROM audit_event WHERE act = 'invoice.read'"
        status = "SELECT status FROM invoice ORDER BY order_id"
        return await shop.rows(read), await shop.rows(status)

    read, statuses = shopping(kept)
    assert read == [("王会计", "4")]
    assert statuses == [("ISSUED",), ("REQUESTED",), ("REQUESTED",), ("REQUESTED",)]


def test_a_file_without_the_columns_is_refused(shopping: Shopping, tmp_path: Path):
    shopping(asked)
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    assert "缺少列" in run(invoices, "import", file, code=1).output
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in run(invoices, "import", file, code=7).output


def test_refused_and_made_void_with_a_reason(shopping: Shopping):
    first, second = shopping(lambda shop: asked(shop, 2))
    assert "FAILED" in run(invoices, "reject", first, "--reason", "抬头不全").stdout
    again = run(invoices, "reject", first, "--reason", "抬头不全", code=1)
    assert "什么都没有改" in again.output
    run(invoices, "void", second, "--reason", "红冲", code=1)
    run(invoices, "issue", second, *PAPER, "--amount", "195.00")
    assert "FAILED" in run(invoices, "void", second, "--reason", "红冲").stdout
    assert "没有订单" in run(invoices, "void", "260422000099", "--reason", "x", code=1).output


@pytest.mark.parametrize("amount", ["195.001", "¥195", "-195", "abc"])
def test_an_amount_that_is_none(shopping: Shopping, amount: str):
    (number,) = shopping(asked)
    result = run(invoices, "issue", number, *PAPER, f"--amount={amount}", code=1)
    assert "金额" in result.output
