"""What a use case that writes has at hand, whether a request, a job or a command calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.audit.record import Actor
from app.domain.checkout.catalog import Catalog
from app.domain.orders.timing import DEFAULT_TIMING, OrderTiming
from app.domain.shared.payment import PaymentMethod
from app.ports.payment_providers import PayerIds, PaymentProvider
from app.ports.revocations import Revocations
from app.ports.work import Works


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One instant, one catalog, one actor. `providers`: by the methods that can be paid with here;
    fuel credit needs none. `payers`: whom the providers know a member as; None: nobody.
    `revocations` None: nobody is told of sessions that ended."""

    works: Works
    moment: datetime
    catalog: Catalog
    actor: Actor
    providers: Mapping[PaymentMethod, PaymentProvider] = field(
        default_factory=dict[PaymentMethod, PaymentProvider]
    )
    payers: PayerIds | None = None
    timing: OrderTiming = DEFAULT_TIMING
    revocations: Revocations | None = None
