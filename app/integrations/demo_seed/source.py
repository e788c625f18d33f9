"""Puts demo data together: implements `app.ports.seeding.DemoSource`."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from app.documents.promotions import load_promotions
from app.domain.loyalty.balance import Balance
from app.domain.pricing.fill import LitresFill
from app.domain.profiles.member import Member, Preferences, Theme, Topic
from app.domain.promotions.promotion import Promotion
from app.integrations.demo_seed.facts import read_facts
from app.integrations.demo_seed.orders import make_orders, refund_of
from app.integrations.demo_seed.people import phone_masked
from app.integrations.demo_seed.plans import MemberPlan, draw_plans, read_personas
from app.integrations.demo_seed.stations import make_stations, read_showcase
from app.integrations.demo_seed.wallets import Batch, batches_of, make_coupons
from app.ports.seeding import SeedContents, SeedMember, SeedProgress, SeedRecipe, SeedStation

SEED_FOLDER = Path(__file__).resolve().parents[3] / "seed"

GENERATION = 3
"""Raise it when the same files come to make other rows: a standing seed is then told apart."""


class DemoFiles:
    """`folder` holds facts/, promotions/, showcase.yaml and personas.yaml."""

    def __init__(self, folder: Path = SEED_FOLDER) -> None:
        self._folder = folder

    def fingerprint(self, recipe: SeedRecipe) -> str:
        digest = hashlib.sha256(f"{GENERATION}:{recipe!r}".encode())
        for path in self._files():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def promotions(self) -> tuple[Promotion, ...]:
        """All documents under promotions/, in the order of file names. A code that two files use:
        ValueError. Raises DocumentInvalid."""
        found: dict[str, Promotion] = {}
        for path in sorted((self._folder / "promotions").glob("*.yaml")):
            for promotion in load_promotions(path):
                if promotion.code in found:
                    raise ValueError(f"{path.name}: the code {promotion.code!r} is taken")
                found[promotion.code] = promotion
        return tuple(found.values())

    def make(self, recipe: SeedRecipe, moment: datetime, progress: SeedProgress) -> SeedContents:
        facts = read_facts(self._folder / "facts")
        promotions = self.promotions()
        showcase = read_showcase(self._folder / "showcase.yaml")
        stations: list[SeedStation] = []
        for seeded in make_stations(facts, showcase, recipe.stations, recipe.seed, moment):
            stations.append(seeded)
            progress("making_station", len(stations), recipe.stations)
        return SeedContents(
            fingerprint=self.fingerprint(recipe),
            moment=moment,
            brands=[brand.label for brand in facts.brands],
            amenities=facts.amenities,
            regions=facts.regions,
            zones=list(facts.zones.values()),
            stations=stations,
            promotions=promotions,
            members=self._members(recipe, stations, batches_of(promotions), moment, progress),
        )

    def _members(
        self,
        recipe: SeedRecipe,
        stations: list[SeedStation],
        batches: Mapping[str, Batch],
        moment: datetime,
        progress: SeedProgress,
    ) -> list[SeedMember]:
        members: list[SeedMember] = []
        for plan in self._plans(recipe, stations):
            rng = Random(f"{recipe.seed}:history:{plan.index}")
            members.append(_member(plan, batches, moment, rng))
            progress("making_member", len(members), recipe.members)
        return members

    def _plans(self, recipe: SeedRecipe, stations: list[SeedStation]) -> Iterator[MemberPlan]:
        """The personas first, also where fewer members are asked for."""
        personas = list(read_personas(self._folder / "personas.yaml", stations))
        yield from personas
        yield from draw_plans(stations, len(personas), recipe.members, recipe.seed)

    def _files(self) -> list[Path]:
        files = [*self._folder.glob("facts/*.csv"), *self._folder.rglob("*.yaml")]
        return sorted(files, key=lambda path: path.relative_to(self._folder).as_posix())


def _member(
    plan: MemberPlan, batches: Mapping[str, Batch], moment: datetime, rng: Random
) -> SeedMember:
    orders = tuple(make_orders(plan, moment, rng))
    joined_at = moment - timedelta(days=plan.joined_days_ago, minutes=rng.randrange(1_000))
    if orders:
        joined_at = min(joined_at, orders[0].placed_at - timedelta(hours=1))
    return SeedMember(
        member=Member(
            user_id=plan.user_id,
            nickname=plan.nickname,
            phone_masked=phone_masked(plan.index),
            tier=plan.tier,
            segments=plan.segments,
            preferences=_preferences(plan, rng),
        ),
        joined_at=joined_at,
        points=_points(plan, moment, rng),
        fuel_credit=Balance(available=plan.fuel_credit_fen),
        favourites=plan.favourites,
        orders=orders,
        refunds=tuple(filter(None, map(refund_of, orders))),
        coupons=tuple(make_coupons(plan, batches, moment, rng)),
        share_code=plan.share_code,
    )


def _preferences(plan: MemberPlan, rng: Random) -> Preferences:
    topics_off = {Topic.REFERRAL} if rng.randrange(100) < 12 else set[Topic]()
    return Preferences(
        theme=rng.choices(list(Theme), (80, 8, 12))[0],
        language=plan.language,
        usual_fuel_grade=plan.fuel_grade if plan.remembers_fuel else None,
        usual_fill=LitresFill(plan.usual_volume_ml) if plan.usual_volume_ml else None,
        usual_payment_method=plan.payment_method,
        use_points=plan.use_points,
        personalised=plan.personalised,
        topics_off=frozenset(topics_off),
    )


def _points(plan: MemberPlan, moment: datetime, rng: Random) -> Balance:
    expiring = plan.points // 10 if plan.points >= 500 and rng.randrange(100) < 50 else 0
    return Balance(
        available=plan.points,
        pending=plan.usual_pump_amount_fen // 100 if plan.orders and rng.randrange(4) == 0 else 0,
        expiring_soon=expiring,
        expiring_at=moment + timedelta(days=20) if expiring else None,
    )
