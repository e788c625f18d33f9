"""`youhui payments`, on a real database."""

import pytest
from sqlalchemy import text

from app.cli.payments import payments
from tests.cli.shop_floor import Shopping, opened, run
from tests.support.orders import order_terms
from tests.support.purchases import Shop

pytestmark = pytest.mark.usefixtures("command_settings")


async def disputed(shop: Shop) -> str:
    """The number of a payment of 200 yuan for which 1 fen came."""
    await opened(shop)
    await shop.place(order_terms())
    async with shop.engine.begin() as connection:
        told = "paid_at = now(), paid_fen = 1, transaction_no = 'their-number'"
        await connection.execute(text(f"UPDATE payment SET state = 'DISPUTED', {told}"))
    ((number,),) = await shop.rows("SELECT number FROM payment")
    return number


def test_nothing_is_disputed():
    assert "没有争议" in run(payments, "list").stdout


def test_a_dispute_is_listed_until_it_is_settled(shopping: Shopping):
    number = shopping(disputed)
    said = run(payments, "list").stdout
    for word in (number, "¥200.00", "¥0.01", "their-number"):
        assert word in said
    settle = ("resolve", number, "--returned", "--reference", "ICBC-20260422-7")
    assert "RETURNED" in run(payments, *settle, "--as", "王会计").stdout
    assert "没有争议" in run(payments, "list").stdout
    again = run(payments, *settle, code=1)
    assert "什么都没有改" in again.output


def test_what_is_asked_for_is_said(shopping: Shopping):
    number = shopping(disputed)
    assert "--return" in run(payments, "resolve", number, "--reference", "x", code=2).output
    run(payments, "resolve", number, "--returned", code=2)
    unfit = run(payments, "resolve", number, "--returned", "--reference", "张三", code=1)
    assert "凭据" in unfit.output
    nobody = run(payments, "resolve", number, "--return", "--reference", "x", code=1)
    assert "支付方没有这笔款项" in nobody.output
