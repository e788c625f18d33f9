"""The rules of referral (裂变), which the owner publishes as a document."""

from dataclasses import dataclass
from datetime import timedelta

from app.domain.shared.senseless import SenselessValue
from app.domain.shared.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReward:
    """Exactly one of: `batch_code`, one coupon of that batch; `credit_fen` (> 0) of fuel credit."""

    batch_code: str | None = None
    credit_fen: int | None = None

    def __post_init__(self) -> None:
        if (self.batch_code is None) == (self.credit_fen is None):
            raise SenselessValue(
                "batch_code、credit_fen 须写且只写一个",
                "write exactly one of batch_code, credit_fen",
            )
        if self.credit_fen is not None and self.credit_fen <= 0:
            raise SenselessValue("credit_fen 须大于 0", "credit_fen must be above 0")
        if self.batch_code is not None and not self.batch_code.strip():
            raise SenselessValue("batch_code 不能为空", "batch_code is empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralTerms:
    """What a friend was promised when they were bound; later rules do not touch it.

    Both sides are rewarded `cooling` after the friend's first completed order that paid at least
    `least_paid_fen`, unless it was refunded by then.
    """

    friend: ReferralReward
    referrer: ReferralReward
    least_paid_fen: int
    cooling: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRules:
    """`is_open`: whether friends may be bound now. `bind_within`: from joining. `cap`: friends that
    one referrer is rewarded for; None: any number. `landing_url` is the H5 page of share links,
    `mini_program_page` the mini-program's."""

    title: LocalizedText
    text: LocalizedText
    terms: ReferralTerms
    is_open: bool = True
    bind_within: timedelta = timedelta(days=7)
    cap: int | None = 50
    landing_url: str
    mini_program_page: str

    def __post_init__(self) -> None:
        if self.cap is not None and self.cap <= 0:
            raise SenselessValue("cap 须大于 0", "cap must be above 0")
        if self.bind_within <= timedelta() or self.terms.cooling < timedelta():
            raise SenselessValue(
                "bind_within 须大于 0，cooling 不能小于 0",
                "bind_within must be above 0, cooling not below",
            )
        if self.terms.least_paid_fen < 0:
            raise SenselessValue("least_paid_fen 不能小于 0", "least_paid_fen must not be below 0")
        if not self.landing_url.startswith(("https://", "http://")):
            raise SenselessValue(
                "landing_url 须以 https:// 开头", "landing_url must begin with https://"
            )


DEFAULT_REFERRAL_RULES = ReferralRules(
    title=LocalizedText(
        zh="邀请好友加油，双方各得 10 元加油金",
        en="Invite a friend: ¥10 of fuel credit for each of you",
    ),
    text=LocalizedText(
        zh="好友在注册后 7 天内、首次下单前通过您的邀请绑定，首单实付满 50 元并完成 7 天后，"
        "双方各得 10 元加油金。首单退款的，奖励取消或收回。每人最多因 50 位好友获得奖励。",
        en="Your friend accepts within 7 days of joining and before a first order. 7 days after "
        "that order of at least ¥50 is completed, each of you gets ¥10 of fuel credit. If it is "
        "refunded, the reward is cancelled or taken back. Up to 50 friends count.",
    ),
    terms=ReferralTerms(
        friend=ReferralReward(credit_fen=1_000),
        referrer=ReferralReward(credit_fen=1_000),
        least_paid_fen=5_000,
        cooling=timedelta(days=7),
    ),
    landing_url="https://youhui.example/invite",
    mini_program_page="pages/invite/index",
)
"""In force until an operator publishes others."""
