"""The strict shape of a case document: what the engine is given, and what is expected of it.

Every word of a case is a field here; `docs/case-suite.md` tells what each means, and
`docs/schemas/cases-v1.json` is printed from here.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Said

from app.domain.checkout.impossible import ChoiceFault
from app.domain.checkout.quote import PriceLineKind, UnlockKind
from app.domain.orders.status import OrderStatus
from app.domain.profiles.member import MemberTier
from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.reason import Outcome, ReasonCode
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.funder import Funder
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Remoteness

Instant = Annotated[
    str,
    Said(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$",
        description="带时区的时间 an instant with its offset: 2026-03-10T12:00:00+08:00",
    ),
]
Litres = Annotated[
    str,
    Said(
        pattern=r"^\d+(\.\d{1,3})?$",
        description='升，最多三位小数 litres, 3 decimals at most: "30.5"',
    ),
]
Fen = Annotated[int, Said(description="分 fen, 1/100 yuan")]
MillPerLitre = Annotated[int, Said(description="厘每升 mills (1/1000 yuan) per litre")]
Name = Annotated[str, Said(description="CODE，券为 BATCH#id · CODE, or BATCH#id for a coupon")]
PricePoints = list[tuple[Instant, MillPerLitre]]


class Part(BaseModel):
    """A part of a case; a word that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class StationGiven(Part):
    """加油站；默认为上海城区、24 小时营业 · a station; left out: a city one in Shanghai, always open."""

    code: str = "golden:1"
    brand: str = "sinopec"
    region: str = "310115"
    time_zone: str = "Asia/Shanghai"
    tags: list[str] = []
    remoteness: Remoteness = Remoteness.URBAN
    peak_hours: list[Annotated[int, Said(ge=0, le=23)]] = []
    service_fee_fen: Fen = 0


class ProductGiven(Part):
    """油品与价格 · the product: one steady pump price, or prices over time."""

    grade: FuelGrade = FuelGrade.GASOLINE_92
    pump_price_mill_per_litre: MillPerLitre = 8_000
    pump_prices: PricePoints | None = None
    ceilings: PricePoints | None = None
    floor_price_mill_per_litre: MillPerLitre = 0


class AmountGiven(Part):
    """按金额加油 · by amount."""

    amount_fen: Fen


class LitresGiven(Part):
    """按升数加油 · by litres."""

    litres: Litres


class ShopperGiven(Part):
    """客人；默认为完成过一单的普通会员 · the shopper; left out: a member with one completed order."""

    guest: bool = False
    tier: MemberTier = MemberTier.BASIC
    segments: list[str] = []
    orders: list[OrderStatus] = [OrderStatus.COMPLETED]
    channel: Channel | None = None
    points: int = 0
    device_id: str | None = None
    person_id: str | None = None


class CouponGiven(Part):
    """券；默认昨日起 30 天内有效 · a coupon; left out: valid from a day before to 30 days after."""

    id: int
    batch: str
    from_: Annotated[Instant | None, Said(alias="from")] = None
    until: Instant | None = None
    reserved: bool = False


class NonFuelGiven(Part):
    """非油商品 · goods other than fuel."""

    label: str
    amount_fen: Fen


class UsedGiven(Part):
    """已用次数与金额；period_start 默认为当期 · what has been used; left out: of the period now."""

    code: str
    per: LimitPer
    period: LimitPeriod = LimitPeriod.EVER
    subject: str | None = None
    period_start: str | None = None
    uses: int = 0
    fen: Fen = 0


class ChoiceGiven(Part):
    """顾客自选：券号、强制、排除 · the viewer's own choice."""

    coupons: list[int] | None = None
    offers: list[str] = []
    exclude: list[str] = []


class Given(Part):
    """给定条件 · the question that is put to the engine."""

    station: StationGiven = StationGiven()
    product: ProductGiven = ProductGiven()
    fill: AmountGiven | LitresGiven = AmountGiven(amount_fen=20_000)
    moment: Instant = "2026-03-10T12:00:00+08:00"
    shopper: ShopperGiven = ShopperGiven()
    coupons: list[CouponGiven] = []
    promotions: list[dict[str, Any]] = []
    payment: PaymentMethod | None = None
    use_points: bool = False
    non_fuel: list[NonFuelGiven] = []
    minimum_payable_fen: Fen = 0
    max_offers: int = 8
    choice: ChoiceGiven = ChoiceGiven()
    usage: list[UsedGiven] = []
    usage_unread: bool = False


class AppliedExpected(Part):
    """一项已用优惠 · an applied offer, in full."""

    code: str
    discount_fen: Fen
    cut_fen: Fen = 0
    points: int = 0
    coupon: int | None = None


class ReasonExpected(Part):
    """一条原因及差额 · a reason with its gap."""

    code: ReasonCode
    gap_fen: Fen | None = None
    gap_ml: int | None = None
    gap_count: int | None = None
    available_from: Instant | None = None
    accepted: list[str] | None = None
    guest: bool = False
    limit: int | None = None
    used: int | None = None
    limit_fen: Fen | None = None
    used_fen: Fen | None = None
    resets_at: Instant | None = None


class UnappliedExpected(Part):
    """未用优惠：结局与全部原因 · what became of an offer that is not applied, and every reason."""

    outcome: Outcome
    reasons: list[ReasonCode | ReasonExpected]
    conflicts: list[Name] | None = None


class UnlockExpected(Part):
    """解锁提示；只比较写出的字段 · an unlock hint; only the fields written are compared."""

    kind: UnlockKind | None = None
    code: Name | None = None
    add_fen: Fen | None = None
    add_ml: int | None = None
    payable_then_fen: Fen | None = None
    unit_price_then_mill: MillPerLitre | None = None
    saves_fen: Fen | None = None
    waits_until: Instant | None = None
    payment_method: PaymentMethod | None = None


class RewardExpected(Part):
    """完成后所得之一 · one thing earned on completion: points, fuel credit or a coupon."""

    code: str
    points: int | None = None
    credit_fen: Fen | None = None
    batch: str | None = None


class ConsumedExpected(Part):
    """下单时计入的一次使用 · one use that placing the order counts."""

    code: str
    per: LimitPer
    period: LimitPeriod
    fen: Fen


class RefundExpected(Part):
    """一次退款（依次进行）及其结果；只比较写出的字段 · a refund, after those before it: of so much of the
    pump amount, or of all that is left; of its result the fields written are compared."""

    fuel_fen: Fen | None = None
    rest: Literal[True] | None = None
    money_fen: Fen | None = None
    fee_fen: Fen | None = None
    coupons_return: bool | None = None
    parts_fen: list[list[Fen]] | None = None


class Expect(Part):
    """预期；未写的不比较 · what is expected; what is left out is not compared."""

    payable_fen: Fen | None = None
    discount_fen: Fen | None = None
    litres: Litres | None = None
    unit_price_mill: MillPerLitre | None = None
    fixes_payment: bool | None = None
    forgone_fen: Fen | None = None
    expires_at: Instant | None = None
    applied: list[tuple[str, Fen] | AppliedExpected] | None = None
    not_applied: dict[Name, UnappliedExpected] | None = None
    nearest_first: list[Name] | None = None
    unlocks: list[UnlockExpected] | None = None
    lines: list[tuple[PriceLineKind, Fen, Fen]] | None = None
    rewards: list[RewardExpected] | None = None
    consumes: list[ConsumedExpected] | None = None
    ledger: list[list[tuple[Name, Funder, Fen]]] | None = None
    borne: dict[Funder, Fen] | None = None
    refunds: list[RefundExpected] | None = None
    forced: dict[Name, Fen | None] | None = None
    refused: tuple[ChoiceFault, str | int | None] | None = None


class Row(Part):
    """同一用例的一行：盖在用例之上 · one row of a case, laid over it."""

    given: Given = Given()
    expect: Expect = Expect()


class CaseDocument(Part):
    """一个用例 · one case; `rows` make several of it."""

    name: str
    source: str | None = None
    note: str | None = None
    given: Given = Given()
    expect: Expect = Expect()
    rows: list[Row] | None = None


class CasesDocument(Part):
    """用例文件 · a file of cases. `given` is shared by all of them."""

    schema_: Annotated[Literal["youhui.cases/1"], Said(alias="schema")] = "youhui.cases/1"
    about: str = ""
    given: Given = Given()
    cases: list[CaseDocument]
