"""`youhui settle` and `youhui orders`, on a real database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli.errors import reported
from app.cli.orders import orders
from app.cli.settle import settle
from tests.cli.shop_floor import Shopping, opened, run
from tests.support.orders import applied_term, order_terms
from tests.support.purchases import Shop

DAY = "2026-04-22"

pytestmark = pytest.mark.usefixtures("command_settings")


async def bought(shop: Shop) -> str:
    """An order of 200 yuan less 5, a quarter of it refunded; its number."""
    await opened(shop)
    order_id = await shop.buy(order_terms(applied_term("A", 500)))
    await shop.refund(order_id, 5_000)
    return (await shop.order(order_id)).number


async def bought_whole(shop: Shop) -> str:
    await opened(shop)
    return (await shop.order(await shop.buy(order_terms()))).number


def test_a_day_is_settled_and_written(shopping: Shopping, tmp_path: Path):
    shopping(bought)
    said = run(settle, "--date", DAY, "--out", tmp_path / "out").stdout
    assert "¥3.75" in said
    assert "逐分一致" in said
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == [f"settlement-{DAY}-stations.csv", f"settlement-{DAY}.csv"]


def test_a_day_without_orders_is_settled_too(shopping: Shopping, tmp_path: Path):
    said = run(settle, "--date", "2026-04-21", "--out", tmp_path).stdout
    assert "¥0.00" in said


def test_a_fen_that_does_not_tie_fails_and_names_the_station(shopping: Shopping, tmp_path: Path):
    async def spoilt(shop: Shop) -> None:
        await bought(shop)
        async with shop.engine.begin() as connection:
            await connection.execute(text("UPDATE order_refund SET money_fen = money_fen - 1"))

    shopping(spoilt)
    result = run(settle, "--date", DAY, "--out", tmp_path, code=1)
    assert "站 1" in result.stdout
    assert "不一致" in result.output


def test_a_date_that_is_none_is_wrong_usage():
    run(settle, "--date", "22.04.2026", code=2)


def test_an_order_is_shown_in_full(shopping: Shopping):
    number = shopping(bought)
    said = run(orders, "show", number).stdout
    for word in (number, "部分退款", "¥195.00", "¥48.75", "PLATFORM", "不想加了", "DONE"):
        assert word in said


@pytest.mark.parametrize("number", ["260422000099", "250422000001", "1", "x"])
def test_a_number_of_no_order(shopping: Shopping, number: str):
    shopping(bought)
    assert "没有订单" in run(orders, "show", number, code=1).output


def test_a_station_says_that_it_was_fuelled_once(shopping: Shopping):
    number = shopping(bought_whole)
    assert "已加油" in run(orders, "fulfil", number, "--as", "李明").stdout
    again = run(orders, "fulfil", number, "--as", "李明", code=1)
    assert "什么都没有改" in again.output

    async def acts(shop: Shop) -> list[tuple[str, ...]]:
        return await shop.rows(
            "SELECT act, actor_kind, actor FROM audit_event WHERE act = 'order.fulfil'"
        )

    assert shopping(acts) == [("order.fulfil", "OPERATOR", "李明")]


def test_a_sealing_key_that_is_none_is_told_and_not_shown(
    shopping: Shopping, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    number = shopping(bought_whole)
    monkeypatch.setenv("YOUHUI_SEALING_KEY", "c2hvcnQ=")
    with pytest.raises(SystemExit) as ended, reported():
        orders.main(["show", number], standalone_mode=False)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "YOUHUI_SEALING_KEY" in told
    assert "c2hvcnQ" not in told
