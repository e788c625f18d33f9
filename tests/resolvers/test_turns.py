"""Long computing leaves the event loop to others, and a deadline can end it."""

import asyncio

import pytest

from app.domain.checkout import engine
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from tests.fakes.world import World, station
from tests.resolvers.listings import NEAR
from tests.resolvers.previews import PREVIEW, asked, offer

UNLOCKS = (
    f"{{ stations({NEAR}, first: 100) {{ edges {{ node {{ products {{"
    " effectivePrice { unlock { message } } } } } } }"
)


def full_world() -> World:
    full = offer("full", AmountOff(off_fen=1_000), ThresholdAmount(min_fen=30_000))
    rivals = [offer(f"rival-{n}", AmountOff(off_fen=100 + n)) for n in range(9)]
    return World.of([station(n) for n in range(1, 21)], [full, *rivals])


async def most_in_a_row(monkeypatch: pytest.MonkeyPatch, name: str, world: World, run) -> list[int]:
    """At which turn of the loop each call of an engine's function came."""
    turns, came = 0, []
    real = getattr(engine, name)

    def noted(*given, **named):
        came.append(turns)
        return real(*given, **named)

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(engine, name, noted)
    counting = asyncio.create_task(count())
    await run(world)
    counting.cancel()
    return came


async def test_next_steps_of_a_page_are_worked_out_one_a_turn(monkeypatch):
    came = await most_in_a_row(
        monkeypatch, "best_unlock", full_world(), lambda world: world.ask(UNLOCKS)
    )
    assert len(came) == len(set(came)) == 20


async def test_previews_of_a_request_are_worked_out_one_a_turn(monkeypatch):
    document = "query($input: CheckoutPreviewInput!) {" + " ".join(
        f"p{n}: checkoutPreview(input: $input) {{ preview {{ payable {{ fen }} }} }}"
        for n in range(5)
    )
    came = await most_in_a_row(
        monkeypatch, "quote", full_world(), lambda world: world.ask(document + "}", asked())
    )
    assert len(came) == len(set(came)) == 5


async def test_a_deadline_ends_a_page_of_next_steps(monkeypatch):
    """After the first step the deadline has passed: nothing more is worked out."""
    begun: list[object] = []
    deadline = asyncio.Event()

    def first_only(price):
        begun.append(price)
        deadline.set()

    monkeypatch.setattr(engine, "best_unlock", first_only)
    world = full_world()
    asking = asyncio.create_task(world.ask(UNLOCKS))
    await deadline.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(begun) < 20


async def test_forced_prices_are_right_when_many_are_asked_for():
    payload = (await full_world().ask(PREVIEW, asked()))["checkoutPreview"]["preview"]
    beaten = [one for one in payload["notApplied"] if one["outcome"] == "BEATEN"]
    assert [one["payableIfForced"]["fen"] for one in beaten] == [
        20_000 - 100 - int(one["label"].removeprefix("优惠 rival-")) for one in beaten
    ]
