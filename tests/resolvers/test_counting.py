"""What orders count, and what refunds give back of it."""

from dataclasses import dataclass, field
from typing import Any, cast

from app.domain.orders.terms import RewardTerm, UsageTerm
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.limits import EVER_START, LimitPer, LimitPeriod
from app.domain.promotions.usage import CounterKey, Used
from app.domain.shared.text import LocalizedText
from app.ports.work import Work
from app.resolvers.counting import give_back_part
from tests.support.orders import order, order_terms

CREDIT = RewardTerm(
    code="credit", title=LocalizedText(zh="返现"), kind=RewardKind.FUEL_CREDIT, credit_fen=250
)


def use(code: str, fen: int) -> UsageTerm:
    return UsageTerm(
        code=code,
        per=LimitPer.TOTAL,
        period=LimitPeriod.EVER,
        start=EVER_START,
        subject="",
        fen=fen,
        max_uses=None,
        max_fen=10_000,
    )


@dataclass
class Returned:
    """A book of counters that notes what it gets back, and the work that holds it."""

    by_code: dict[str, Used] = field(default_factory=dict)

    @property
    def counters(self) -> "Returned":
        return self

    async def give_back(self, key: CounterKey, used: Used) -> None:
        assert key.code not in self.by_code
        self.by_code[key.code] = used


async def returned(fen_by_code: dict[str, int], **how: Any) -> dict[str, Used]:
    terms = order_terms(usage=(use("off", 400), use("credit", 250)), rewards=(CREDIT,))
    book = Returned()
    await give_back_part(cast("Work", book), order(terms), fen_by_code, **how)
    return book.by_code


async def test_a_part_gives_back_money_of_discounts_alone():
    assert await returned({"off": 100}) == {"off": Used(0, 100)}


async def test_the_whole_gives_back_a_rewards_money_too():
    assert await returned({"off": 300}, with_use=True) == {
        "off": Used(1, 300),
        "credit": Used(1, 250),
    }
