"""Publishing the rules of referral."""

from app.domain.audit.record import AuditRecord
from app.domain.referral.rules import ReferralReward, ReferralRules
from app.resolvers.desk import Desk


def unknown_batches(desk: Desk, rules: ReferralRules) -> tuple[str, ...]:
    """Codes of rewards that name no live coupon batch: such rewards would be refused."""
    rewards: tuple[ReferralReward, ...] = (rules.terms.friend, rules.terms.referrer)
    named = [reward.batch_code for reward in rewards if reward.batch_code is not None]
    by_code = desk.catalog.rules.by_code
    live = {code for code, promotion in by_code.items() if promotion.delivery is not None}
    return tuple(code for code in named if code not in live)


async def publish_rules(desk: Desk, rules: ReferralRules) -> None:
    """They hold for friends that are bound from now on, in every process at once. Raises
    `StorageUnavailable`."""
    async with desk.works.begin(None) as work:
        await work.referrals.publish(rules, desk.actor.name, desk.moment)
        await work.audit.add(
            AuditRecord(
                act="referral.publish",
                subject="referral_rules",
                user_id=None,
                at=desk.moment,
                actor=desk.actor,
                after={"open": rules.is_open, "cap": rules.cap},
            )
        )


async def rules_in_force(desk: Desk) -> ReferralRules:
    async with desk.works.begin(None) as work:
        return await work.referrals.rules()
