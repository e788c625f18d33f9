"""What one request has at hand: one catalog, one instant, one viewer, one set of loaders."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from app.domain.audit.record import Actor, ActorKind
from app.domain.checkout.catalog import Catalog
from app.domain.identity.principal import Principal, member
from app.domain.shared.channel import Channel
from app.domain.shared.text import Language
from app.loaders import Loaders
from app.loaders.viewer import ViewerLoaders
from app.ports.attempts import Attempts
from app.ports.balances import BalanceRepository
from app.ports.code_hashes import CodeHashes
from app.ports.order_news import OrderNews
from app.ports.orders import OrderRepository
from app.ports.quote_tokens import QuoteTokens
from app.ports.referral_reads import ReferralRepository
from app.ports.wallets import WalletRepository
from app.resolvers.desk import Desk
from app.resolvers.front_desk import Arrival, Carrier, FrontDesk
from app.resolvers.identity_desk import IdentityDesk
from app.resolvers.office_desk import Office
from app.resolvers.privacy_desk import PrivacyDesk

T = TypeVar("T")

Computing = Callable[[], AbstractContextManager[None]]
"""A block in which prices are computed: whoever watches times it."""
OpenDesk = Callable[[datetime, Catalog, Actor], Desk]


class WritingUnavailable(RuntimeError):
    """Nobody may write here: the viewer is a guest, or the process was bound to read only."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in viewer: the id, and the loaders of what is theirs."""

    user_id: int
    loaders: ViewerLoaders


@dataclass(slots=True, kw_only=True)
class RequestContext:
    """Built by the gateway once a request, inside the running loop.

    `user_id`: the member who asks; None: a guest, staff or a service. `principal`: who asks, None:
    a guest; left out, the member.

    `private` becomes True as soon as a resolver reads anything of the viewer; `no_store` when the
    answer holds a token: the gateway derives the cache headers from them.

    `device`: an opaque id of the caller's device, as the client says; None: it said none.
    `client_address`: the IP address that the request came from; never stored.
    `request_id` joins what is written to the log. `open_desk` None: nothing is written here.
    `order_news` None: nobody can watch an order here. `attempts` None: nobody counts them here.
    `front` None: nobody signs in or out here. `identities` None: nobody proves who they are here.
    `privacy` None: nobody looks after their own data here.
    `carrier` None: tokens of a session are told in the answer. `app_version`: of the caller's application, as it says.
    `loaders_of`: a member's, for whoever signs in with this request. `office` None: nobody of staff
    works here.
    """

    catalog: Catalog
    moment: datetime
    language: Language
    channel: Channel | None
    user_id: int | None
    principal: Principal | None = None
    loaders: Loaders
    wallets: WalletRepository
    balances: BalanceRepository
    referrals: ReferralRepository
    orders: OrderRepository
    quote_tokens: QuoteTokens
    code_hashes: CodeHashes
    quote_ttl: timedelta = timedelta(minutes=5)
    device: str | None = None
    client_address: str | None = None
    request_id: str | None = None
    open_desk: OpenDesk | None = None
    order_news: OrderNews | None = None
    attempts: Attempts | None = None
    front: FrontDesk | None = None
    identities: IdentityDesk | None = None
    privacy: PrivacyDesk | None = None
    carrier: Carrier | None = None
    app_version: str | None = None
    loaders_of: Callable[[int], Loaders] | None = None
    office: Office | None = None
    computing: Computing = nullcontext
    private: bool = field(default=False)
    no_store: bool = field(default=False)
    _kept: dict[str, object] = field(default_factory=dict[str, object], init=False, repr=False)

    def __post_init__(self) -> None:
        if self.principal is None and self.user_id is not None:
            self.principal = member(self.user_id)

    def viewer(self) -> Viewer | None:
        """The only door to what is the viewer's; None for a guest. It makes the answer private,
        for a guest too: the same document answers a member otherwise, so no shared cache may keep
        either."""
        self.private = True
        if self.user_id is None or self.loaders.viewer is None:
            return None
        return Viewer(self.user_id, self.loaders.viewer)

    def desk(self) -> Desk:
        """What the viewer's own writing needs: this request's instant and catalog, and the viewer
        as the one who acts. Raises `WritingUnavailable`: ask for `viewer()` first."""
        self.private = True
        if self.user_id is None or self.open_desk is None:
            raise WritingUnavailable
        actor = Actor(
            kind=ActorKind.VIEWER,
            name=str(self.user_id),
            channel=self.channel,
            device=self.device,
            request_id=self.request_id,
        )
        return self.open_desk(self.moment, self.catalog, actor)

    def become(self, principal: Principal) -> None:
        """From now on the request is of the member who has just signed in with it."""
        self.private = True
        self.principal, self.user_id = principal, principal.user_id
        if self.loaders_of is not None and self.user_id is not None:
            self.loaders = self.loaders_of(self.user_id)
        self._kept.clear()

    def arrival(self) -> Arrival:
        """Where the caller comes from. A client that does not say its channel is an app."""
        return Arrival(
            moment=self.moment,
            channel=self.channel or Channel.APP,
            device=self.device,
            app_version=self.app_version,
            request_id=self.request_id,
        )

    def forget(self) -> None:
        """After something was written: what was read before it is read anew when asked again."""
        self._kept.clear()
        self.loaders.forget()

    def give_up(self) -> None:
        """Ends all that goes on for this request behind shields: nobody waits for it any more."""
        for kept in self._kept.values():
            if isinstance(kept, asyncio.Future):
                kept.cancel()
        self.loaders.cancel()

    def keep(self, name: str, make: Callable[[], T]) -> T:
        """A value made at the first call and kept for the request."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast(T, self._kept[name])

    async def once(self, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """Something loaded once for the request, whoever asks first; its failure is shared too.

        Shielded: one waiter that is cancelled must not take the answer from the others.
        """
        task = self.keep(name, lambda: asyncio.ensure_future(cast(Awaitable[Any], load())))
        return cast(T, await asyncio.shield(task))

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Around long computing that fields ask for by the hundred: one at a time a request, and
        the event loop in between, so that other requests go on and a deadline can end this one."""
        async with self.keep("turn", asyncio.Lock):
            await asyncio.sleep(0)
            yield
