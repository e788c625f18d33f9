"""The schema, assembled from the areas' queries."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from app.schema.access import core_of, declare
from app.schema.checkout import CheckoutQueries
from app.schema.errors import InputError, LimitError, ThrottledError
from app.schema.identities import IdentityMutations
from app.schema.nodes import NodeQueries
from app.schema.offers import OfferQueries
from app.schema.order_requests import OrderRequestMutations
from app.schema.order_status import OrderSubscriptions
from app.schema.orders import OrderMutations, OrderQueries
from app.schema.payment_mutations import PaymentMutations
from app.schema.payments import KINDS
from app.schema.preference_mutations import PreferenceMutations
from app.schema.privacy import PrivacyMutations
from app.schema.referral import ReferralMutations, ReferralQueries
from app.schema.scalars import SCALARS
from app.schema.sessions import SessionMutations
from app.schema.sign_in import SignInMutations
from app.schema.staff import StaffQueries
from app.schema.staff_mutations import StaffMutations
from app.schema.stations import StationQueries
from app.schema.viewer import ViewerQueries
from app.schema.wallet_mutations import WalletMutations


@strawberry.type
class Query(
    NodeQueries,
    StationQueries,
    OfferQueries,
    ViewerQueries,
    CheckoutQueries,
    OrderQueries,
    ReferralQueries,
    StaffQueries,
):
    """One mixin an area."""


@strawberry.type(
    description="One input, one payload each. `idempotencyKey`: same key and input, the first answer"
    " again; same key, other input: IDEMPOTENCY_CONFLICT."
)
class Mutation(
    IdentityMutations,
    OrderMutations,
    OrderRequestMutations,
    PaymentMutations,
    PrivacyMutations,
    PreferenceMutations,
    ReferralMutations,
    SessionMutations,
    SignInMutations,
    StaffMutations,
    WalletMutations,
):
    """One mixin an area."""


@strawberry.type
class Subscription(OrderSubscriptions):
    """One mixin an area."""


def build_schema() -> strawberry.Schema:
    """The whole contract, each field with who may read it. Error types are listed: only their
    interface reaches them. Raises `AccessUndeclared`."""
    schema = strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        types=[InputError, LimitError, ThrottledError, *KINDS.values()],
        config=StrawberryConfig(scalar_map=SCALARS, enable_experimental_incremental_execution=True),
    )
    declare(core_of(schema))
    return schema


def print_sdl(schema: strawberry.Schema) -> str:
    """The SDL as `schema.graphql` keeps it: without the definition of `@oneOf`, which graphql-core
    has built in and other tools refuse to see twice."""
    lines = schema.as_str().splitlines()
    kept = [line for line in lines if not line.startswith("directive @oneOf")]
    return "\n".join(kept).strip() + "\n"
