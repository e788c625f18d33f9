"""What one request has at hand: one catalog, one instant, one viewer, one set of loaders."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.checkout.catalog import Catalog
from app.domain.shared.channel import Channel
from app.domain.shared.text import Language
from app.loaders import Loaders
from app.ports.quote_tokens import QuoteTokens
from app.ports.wallets import WalletRepository


@dataclass(slots=True, kw_only=True)
class RequestContext:
    """`user_id` None: a guest. Built by the gateway once a request, inside the running loop.

    `private` becomes True as soon as a resolver reads anything of the viewer; `no_store` when the
    answer holds a token: the gateway derives the cache headers from them.
    """

    catalog: Catalog
    moment: datetime
    language: Language
    channel: Channel | None
    user_id: int | None
    loaders: Loaders
    wallets: WalletRepository
    quote_tokens: QuoteTokens
    quote_ttl: timedelta = timedelta(minutes=5)
    private: bool = field(default=False)
    no_store: bool = field(default=False)
