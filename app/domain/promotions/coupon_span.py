"""When a coupon of a batch is valid: counted from its claim, or until the batch's own end."""

from datetime import UTC, datetime, timedelta

from app.domain.promotions.promotion import Promotion

FOR_EVER = datetime.max.replace(tzinfo=UTC)


def coupon_span(batch: Promotion, claimed_at: datetime) -> tuple[datetime, datetime]:
    """[valid_from, valid_until) of a coupon had at `claimed_at` (aware), in UTC.

    It is valid at once, or from the batch's start where that is later. `valid_days_from_claim` are
    that many times 24 hours from there; without them it ends with the batch (one with neither, from
    before such were refused, never does). Empty where the batch has ended: no coupon is to be had.
    """
    starts_at, ends_at = batch.validity.starts_at, batch.validity.ends_at
    valid_from = claimed_at if starts_at is None else max(claimed_at, starts_at)
    days = batch.delivery.valid_days_from_claim if batch.delivery else None
    if days is not None:
        return valid_from.astimezone(UTC), (valid_from + timedelta(days=days)).astimezone(UTC)
    return valid_from.astimezone(UTC), (ends_at or FOR_EVER).astimezone(UTC)
