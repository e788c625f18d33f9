"""The simulator speaks the protocol: it refuses what WeChat Pay refuses, and forgets nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.shared.payment import PaymentScene
from app.integrations.wechat_pay.bill import BillUnreadable, bill_lines
from app.integrations.wechat_pay.provider import WeChatPay
from app.integrations.wechat_pay_simulator.account import simulated_account
from app.integrations.wechat_pay_simulator.bill import TITLES, TOTALS
from app.integrations.wechat_pay_simulator.book import Book, Opened, Refusal, Returned
from app.integrations.wechat_pay_simulator.journal import AlreadyKept, Journal
from app.integrations.wechat_pay_simulator.keys import SimulatorKeys
from app.integrations.wechat_pay_simulator.mischief import NONE
from app.ports.payment_providers import (
    PaymentDeclined,
    PaymentUnavailable,
    PaymentWanted,
    ProviderRefundState,
    ProviderState,
    RefundWanted,
)
from tests.payments.till import Till

NOW = datetime.now(UTC)


def wanted(number: str = "number-1", **others: object) -> PaymentWanted:
    values = {
        "amount_fen": 100,
        "title": "油",
        "scene": PaymentScene.APP,
        "expires_at": datetime.now(UTC) + timedelta(minutes=5),
    }
    return PaymentWanted(number=number, **(values | others))


def back(refund_number: str = "back-1", amount_fen: int = 100, **others: object) -> RefundWanted:
    values = {"number": "number-1", "total_fen": 100, "reason": "r"}
    return RefundWanted(refund_number=refund_number, amount_fen=amount_fen, **(values | others))


async def test_a_request_that_the_merchant_did_not_sign_is_refused(till: Till, data_dir: Path):
    url = str(till.control.base_url).rstrip("/")
    stranger = replace(simulated_account(data_dir, url, url), serial="0" * 40)
    pay = WeChatPay(stranger)
    with pytest.raises(PaymentUnavailable, match="SIGNERROR"):
        await pay.payment("number-1")
    await pay.close_connections()
    plain = await till.control.get("/v3/pay/transactions/out-trade-no/number-1")
    assert plain.status_code == 401


async def test_an_answer_that_wechat_pay_did_not_sign_is_not_believed(
    till: Till, data_dir: Path, tmp_path: Path
):
    url = str(till.control.base_url).rstrip("/")
    other = SimulatorKeys.kept_under(tmp_path / "other")
    account = simulated_account(data_dir, url, url)
    pay = WeChatPay(replace(account, public_key=other.platform_public_pem))
    with pytest.raises(PaymentUnavailable, match="not signed"):
        await pay.prepare(wanted())
    await pay.close_connections()


async def test_the_same_number_is_the_same_payment(till: Till):
    first, second = [await till.pay.prepare(wanted()) for _ in range(2)]
    assert first.fields["prepayId"] == second.fields["prepayId"]
    with pytest.raises(PaymentDeclined, match="OUTTRADENOUSED"):
        await till.pay.prepare(wanted(amount_fen=101))


async def test_what_is_over_cannot_be_opened(till: Till):
    with pytest.raises(PaymentDeclined):
        await till.pay.prepare(wanted(expires_at=NOW - timedelta(seconds=1)))
    await till.pay.prepare(wanted())
    await till.pay.close("number-1")
    with pytest.raises(PaymentDeclined, match="ORDERCLOSED"):
        await till.pay.prepare(wanted())
    assert (await till.pay.payment("number-1")).state is ProviderState.CLOSED
    assert (await till.pay.payment("number-2")).state is ProviderState.UNKNOWN
    await till.pay.close("number-2")


async def test_a_payer_is_needed_inside_wechat(till: Till):
    with pytest.raises(PaymentDeclined, match="PAYER_UNKNOWN"):
        await till.pay.prepare(wanted(scene=PaymentScene.MINI_PROGRAM))


async def test_no_more_goes_back_than_came(till: Till):
    await till.pay.prepare(wanted())
    with pytest.raises(PaymentDeclined):
        await till.pay.refund(back())
    await till.control.post("/control/payments/number-1/pay", json={"notice": {"lose": 100}})
    await till.pay.refund(back("back-1", 60))
    again = await till.pay.refund(back("back-1", 60))
    assert again.state in (ProviderRefundState.PROCESSING, ProviderRefundState.DONE)
    with pytest.raises(PaymentDeclined):
        await till.pay.refund(back("back-2", 41))
    await till.pay.refund(back("back-3", 40))
    assert (await till.pay.refund_state("back-9")).state is ProviderRefundState.UNKNOWN
    assert (await till.pay.payment("number-1")).state is ProviderState.REFUNDED


@pytest.mark.parametrize("how", ["refuse", "lose"])
async def test_a_fault_of_theirs_is_no_refusal(till: Till, how: str):
    await till.control.post("/control/answers", json=[{"path": "/v3/pay", "how": how}])
    with pytest.raises(PaymentUnavailable):
        await till.pay.prepare(wanted())
    assert (await till.pay.prepare(wanted())).kind == "APP"


async def test_a_page_with_a_button_pays(till: Till):
    await till.pay.prepare(wanted(title="<油>"))
    page = await till.control.get("/")
    assert "&lt;油&gt;" in page.text
    assert "支付 Pay</button>" in page.text
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await till.control.post("/control/payments/number-1/pay", headers=form)
    assert answer.status_code == 303
    assert (await till.pay.payment("number-1")).state is ProviderState.PAID


@pytest.mark.parametrize(
    "headers", [{"host": "elsewhere.example"}, {"origin": "https://elsewhere.example"}]
)
async def test_other_sites_press_no_button(till: Till, headers: dict[str, str]):
    await till.pay.prepare(wanted())
    answer = await till.control.post("/control/payments/number-1/pay", headers=headers)
    assert answer.status_code == 403
    assert (await till.pay.payment("number-1")).state is ProviderState.OPEN


def opened(number: str = "number-1") -> Opened:
    return Opened(
        number=number,
        kind="app",
        app_id="a",
        title="油",
        amount_fen=100,
        notify_url="http://127.0.0.1/",
        payer=None,
        expires_at=None,
        prepay_id="p",
        at=NOW,
    )


def test_a_restart_forgets_nothing(tmp_path: Path):
    path = tmp_path / "journal"
    journal = Journal(path)
    book = Book(journal, "m")
    book.open(opened())
    book.open(opened("number-2"))
    book.close("number-2")
    notice = book.pay("number-1", amount_fen=None, late=False, mischief=NONE)
    refund = Returned(
        refund_number="r", number="number-1", amount_fen=1, refund_id="i", notify_url=None, at=NOW
    )
    book.refund(refund, 100)
    with pytest.raises(AlreadyKept):
        Journal(path)
    journal.close()
    again = Book(Journal(path), "m")
    assert (again.payments, again.refunds) == (book.payments, book.refunds)
    assert again.owed == {notice.id: notice}
    again.taken(notice)
    again.journal.close()
    last = Book(Journal(path), "m")
    assert last.owed == {}
    last.journal.close()


def test_a_torn_line_was_told_to_nobody(tmp_path: Path):
    path = tmp_path / "journal"
    journal = Journal(path)
    Book(journal, "m").open(opened())
    journal.close()
    path.write_bytes(path.read_bytes() + b'[{"kind": "ope')
    again = Book(Journal(path), "m")
    assert list(again.payments) == ["number-1"]
    again.open(opened("number-2"))
    again.journal.close()
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 2


def test_a_closed_payment_is_paid_only_when_told_late(tmp_path: Path):
    book = Book(Journal(tmp_path / "journal"), "m")
    book.open(opened())
    book.close("number-1")
    with pytest.raises(Refusal):
        book.pay("number-1", amount_fen=None, late=False, mischief=NONE)
    assert (
        book.pay("number-1", amount_fen=None, late=True, mischief=NONE).resource["trade_state"]
        == "SUCCESS"
    )
    book.journal.close()


def bill(*values: str, title: str = "油,油") -> bytes:
    known = dict.fromkeys(TITLES, "") | {
        "交易时间": "2026-04-22 12:00:00",
        "商户订单号": "number-1",
        "交易状态": "SUCCESS",
        "商户退款单号": "0",
        "退款状态": "",
        "订单金额": "286.1",
        "申请退款金额": "0.00",
        "商品名称": title,
    }
    line = ",".join(f"`{known[name]}" for name in TITLES)
    return "\r\n".join([",".join(TITLES), line, *values]).encode("utf-8-sig")


def test_a_bill_is_read_to_the_fen_whatever_its_titles_hold():
    (line,) = bill_lines(bill(TOTALS, "`1"))
    assert (line.number, line.refund_number, line.amount_fen) == ("number-1", None, 28_610)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"a,b\r\n", bill(), bill("`one`"), "﻿交易时间".encode()]
)
def test_half_a_bill_is_no_bill(content: bytes):
    with pytest.raises(BillUnreadable):
        list(bill_lines(content))
