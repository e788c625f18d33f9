"""The little town that is simulated: one station, scarce promotions, five members."""

from datetime import UTC, datetime, timedelta

from app.domain.checkout.catalog import Catalog
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.opening import opening
from app.domain.loyalty.rules import DEFAULT_LOYALTY_RULES
from app.domain.loyalty.unit import Unit
from app.domain.promotions.benefits import PointsRedemption, Reward
from app.domain.promotions.limits import Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import CouponDelivery
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.terms import Funding, Lane, Percent
from app.domain.referral.referral import ReferralTerms
from app.domain.referral.rules import ReferralReward, ReferralRules
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import LocalizedText
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import PriceHistory, PricePoint
from tests.domain.promotions.builders import batch, product, promotion, station
from tests.simulation.store import Store

START = datetime(2026, 5, 18, 15, 30, tzinfo=UTC)
"""Half an hour before midnight in Shanghai: days change early on."""
MEMBERS = (1, 2, 3, 4, 5)
TICKET, GIFT, WELCOME = "ticket", "gift", "welcome"
STOCKS = {TICKET: 4, GIFT: 2, WELCOME: 2}
OPENING = {Unit.POINTS: 60, Unit.FUEL_CREDIT: 9_000}

PRODUCT = product(
    pump_price=PriceHistory((PricePoint(START - timedelta(days=9), 6_950),)), nozzles=("1", "2")
)
STATION = station(products={FuelGrade.GASOLINE_92: PRODUCT})


RULES = RuleBook.of(
    "1",
    (
        promotion(
            "hot",
            500,
            budget_fen=1_700,
            refuse_partial=True,
            stacks_with=frozenset({"daily"}),
            funding=Funding(platform_bp=6_000, station_bp=4_000),
        ),
        promotion(
            "daily",
            300,
            limits=(Limit(per=LimitPer.USER, period=LimitPeriod.DAY, max_uses=1),),
            stacks_with=frozenset({"hot"}),
        ),
        promotion(
            "points",
            PointsRedemption(points_per_step=10, fen_per_step=10, max_bp=5_000),
            Lane.POINTS,
        ),
        promotion("earn", Reward(points_per_yuan=1)),
        promotion(
            "cash",
            Reward(credit=Percent(off_bp=500)),
            limits=(Limit(per=LimitPer.TOTAL, max_uses=6, max_fen=1_500),),
        ),
        promotion("bonus", Reward(coupon_batch=GIFT)),
        batch(
            TICKET,
            400,
            delivery=CouponDelivery(
                claimable=True, valid_days_from_claim=1, per_user=2, stock=STOCKS[TICKET]
            ),
        ),
        batch(GIFT, 250, delivery=CouponDelivery(valid_days_from_claim=2, stock=STOCKS[GIFT])),
        batch(
            WELCOME, 350, delivery=CouponDelivery(valid_days_from_claim=9, stock=STOCKS[WELCOME])
        ),
    ),
)
CATALOG = Catalog(
    version=1,
    stations=StationDirectory.of([STATION]),
    rules=RULES,
    brands={},
    amenities={},
    regions={},
)
REFERRAL = ReferralRules(
    title=LocalizedText(zh="邀请有礼"),
    text=LocalizedText(zh="邀请有礼"),
    terms=ReferralTerms(
        friend=ReferralReward(batch_code=WELCOME),
        referrer=ReferralReward(credit_fen=800),
        least_paid_fen=500,
        cooling=timedelta(hours=20),
    ),
    cap=1,
    landing_url="https://example.test/r",
    mini_program_page="pages/invited",
)


def open_accounts(store: Store) -> None:
    """Every member begins with some points and some fuel credit."""
    for user_id in MEMBERS:
        for unit, amount in OPENING.items():
            moves = opening(unit, Balance(available=amount), START, DEFAULT_LOYALTY_RULES)
            for move in moves:
                key = (user_id, unit)
                store.rows("entries")[*key, move.entry.seq] = move.entry
                for lot in move.lots:
                    store.rows("lots")[*key, lot.seq] = lot
                store.rows("accounts")[key] = move.account
