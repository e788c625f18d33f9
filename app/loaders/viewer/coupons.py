"""The viewer's coupons: the open ones, their counts, one by its id."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.wallet.coupon import Coupon, CouponStatus
from app.loaders.viewer.own import ViewerLoader
from app.ports.wallets import WalletRepository


class CouponsByUserLoader(ViewerLoader[int, tuple[Coupon, ...]]):
    """Coupons stored as USABLE or RESERVED, by id."""

    def __init__(self, user_id: int, wallets: WalletRepository) -> None:
        super().__init__(user_id)
        self._wallets = wallets

    async def load_batch(self, keys: Sequence[int]) -> list[tuple[Coupon, ...]]:
        found = await self._wallets.open_coupons(keys)
        return [found.get(key, ()) for key in keys]


class CouponCountsByUserLoader(ViewerLoader[int, Mapping[CouponStatus, int]]):
    """Coupons by their status at the request's moment; a status without coupons is absent."""

    def __init__(self, user_id: int, wallets: WalletRepository, moment: datetime) -> None:
        super().__init__(user_id)
        self._wallets = wallets
        self._moment = moment

    async def load_batch(self, keys: Sequence[int]) -> list[Mapping[CouponStatus, int]]:
        found = await self._wallets.counts(keys, self._moment)
        return [found.get(key, {}) for key in keys]


class CouponByIdLoader(ViewerLoader[tuple[int, int], Coupon | None]):
    """By (user id, coupon id). None: the viewer has no such coupon."""

    def __init__(self, user_id: int, wallets: WalletRepository) -> None:
        super().__init__(user_id)
        self._wallets = wallets

    async def load_batch(self, keys: Sequence[tuple[int, int]]) -> list[Coupon | None]:
        found = await self._wallets.coupons_by_id(keys)
        return [found.get(key) for key in keys]
