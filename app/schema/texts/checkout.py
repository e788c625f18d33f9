"""Lines, warnings, unlock hints and refusals of a preview, in words."""

from collections.abc import Callable

from app.domain.checkout.quote import PriceLine, PriceLineKind, Unlock, UnlockKind
from app.domain.checkout.warnings import PreviewWarning, WarningCode
from app.domain.promotions.promotion import Promotion
from app.domain.recommendation.ranking import ReasonForRank
from app.domain.shared.text import LocalizedText
from app.resolvers.refusals import ErrorCode, Refusal, Subject
from app.schema.texts.amounts import day_and_time, litres, yuan
from app.schema.texts.names import PAYMENT_METHODS
from app.schema.texts.reasons import SHOWN_IN, reason_message
from app.schema.texts.words import Words

LINE_LABELS = {
    PriceLineKind.PUMP_AMOUNT: LocalizedText(zh="机显金额", en="Pump amount"),
    PriceLineKind.UNIT_PRICE: LocalizedText(zh="单价优惠", en="Unit price offer"),
    PriceLineKind.ACTIVITY: LocalizedText(zh="活动优惠", en="Activity"),
    PriceLineKind.COUPON: LocalizedText(zh="优惠券", en="Coupon"),
    PriceLineKind.POINTS: LocalizedText(zh="积分抵扣", en="Points"),
    PriceLineKind.PAYMENT: LocalizedText(zh="支付优惠", en="Payment offer"),
    PriceLineKind.SERVICE_FEE: LocalizedText(zh="服务费", en="Service fee"),
    PriceLineKind.NON_FUEL: LocalizedText(zh="非油商品", en="Other goods"),
    PriceLineKind.CLAMP: LocalizedText(zh="已到限价", en="Floor price reached"),
}


def line_label(line: PriceLine, words: Words) -> str:
    """The offer's title; else the line's own label; else its kind."""
    if line.applied is not None:
        return line.applied.candidate.promotion.title.in_language(words.language)
    return line.label or LINE_LABELS[line.kind].in_language(words.language)


def _title(promotion: Promotion, words: Words) -> str:
    title = promotion.title.in_language(words.language)
    return words.say(f"「{title}」", f"“{title}”")


def warning_message(warning: PreviewWarning, words: Words) -> str:
    return WARNING_TEXTS[warning.code](warning, words)


def _of_title(zh: str, en: str) -> Callable[[PreviewWarning, Words], str]:
    """With the offer's title and the instant, in the promotions' zone."""

    def said(warning: PreviewWarning, words: Words) -> str:
        title = _title(warning.candidate.promotion, words) if warning.candidate else ""
        at = day_and_time(warning.at.astimezone(SHOWN_IN), words) if warning.at else ""
        cut = yuan(warning.amount_fen or 0)
        return words.say(zh, en).format(title=title, at=at, cut=cut)

    return said


WARNING_TEXTS: dict[WarningCode, Callable[[PreviewWarning, Words], str]] = {
    WarningCode.CHOICE_ADJUSTED: _of_title(
        "积分不足或与所选优惠不可同享，本单未使用积分",
        "Points were not used: too few, or not together with the chosen offers",
    ),
    WarningCode.DISCOUNT_CLAMPED: _of_title(
        "{title}已减到最低应付金额，少减 {cut} 元",
        "{title} reached the least that can be paid: ¥{cut} less off",
    ),
    WarningCode.SEARCH_INEXACT: _of_title(
        "可用优惠过多，当前组合未必最省", "Too many offers to try all: a cheaper set may exist"
    ),
    WarningCode.COUPON_EXPIRES_SOON: _of_title("{title}将于 {at} 到期", "{title} expires on {at}"),
    WarningCode.OFFER_ENDS_SOON: _of_title("{title}将于 {at} 结束", "{title} ends on {at}"),
    WarningCode.PRICE_CHANGES_SOON: _of_title(
        "油价将于 {at} 调整", "The fuel price changes on {at}"
    ),
    WarningCode.STATION_CLOSED: _of_title("油站当前未营业", "The station is closed now"),
    WarningCode.SIGN_IN_TO_ORDER: _of_title("登录后可下单", "Sign in to order"),
    WarningCode.DUPLICATE_SUSPECTED: _of_title(
        "您刚下过相同的订单", "You have just placed the same order"
    ),
    WarningCode.OFFERS_UNAVAILABLE: _of_title(
        "暂时无法读取您的券和积分，此价格只含公开优惠",
        "Your coupons and points cannot be read now: this price has public offers only",
    ),
}


def unlock_message(step: Unlock, words: Words) -> str:
    """One sentence: what to do and what it saves."""
    saves = yuan(step.saves_fen)
    title = _title(step.candidate.promotion, words)
    return UNLOCK_TEXTS[step.kind](step, words).format(saves=saves, title=title)


def _buy_more(step: Unlock, words: Words) -> str:
    if step.add_fen is not None:
        more = yuan(step.add_fen)
        return words.say(f"再加 {more} 元可省 {{saves}} 元", f"Add ¥{more} to save ¥{{saves}}")
    more = litres(step.add_ml or 0)
    return words.say(f"再加 {more} 升可省 {{saves}} 元", f"Add {more} L to save ¥{{saves}}")


def _sign_in(_: Unlock, words: Words) -> str:
    return words.say("登录可省 {saves} 元", "Sign in to save ¥{saves}")


def _claim(_: Unlock, words: Words) -> str:
    return words.say("领取{title}可省 {saves} 元", "Claim {title} to save ¥{saves}")


def _change_payment(step: Unlock, words: Words) -> str:
    """Names the one method that was priced: another might cost more."""
    method = step.payment_method
    named = PAYMENT_METHODS[method].in_language(words.language) if method else ""
    return words.say(f"改用{named}可省 {{saves}} 元", f"Pay by {named} to save ¥{{saves}}")


def _wait(step: Unlock, words: Words) -> str:
    until = step.waits_until
    at = day_and_time(until.astimezone(SHOWN_IN), words) if until else ""
    return words.say(f"{at} 起{{title}}可省 {{saves}} 元", f"{{title}} saves ¥{{saves}} from {at}")


UNLOCK_TEXTS: dict[UnlockKind, Callable[[Unlock, Words], str]] = {
    UnlockKind.BUY_MORE: _buy_more,
    UnlockKind.SIGN_IN: _sign_in,
    UnlockKind.CLAIM: _claim,
    UnlockKind.CHANGE_PAYMENT: _change_payment,
    UnlockKind.WAIT: _wait,
}

RANK_REASONS = {
    ReasonForRank.USUAL_STATION: LocalizedText(zh="您常去的油站", en="You often refuel here"),
    ReasonForRank.CHEAPEST: LocalizedText(zh="附近到手价最低", en="The lowest price around"),
    ReasonForRank.NEAREST: LocalizedText(zh="离您最近", en="The nearest one"),
    ReasonForRank.OFFERS_APPLY: LocalizedText(zh="有您可用的优惠", en="Offers apply for you"),
}


def refusal_message(refusal: Refusal, words: Words) -> str:
    """May be shown to a driver as it is."""
    said = _refusal_text(refusal).in_language(words.language)
    if not refusal.reasons:
        return said
    why = [reason_message(reason, words) for reason in refusal.reasons]
    return said + words.say("：", ": ") + words.say("；", "; ").join(why)


def _refusal_text(refusal: Refusal) -> LocalizedText:
    by_subject = _BY_SUBJECT.get((refusal.code, refusal.subject))
    return by_subject or REFUSAL_TEXTS[refusal.code]


REFUSAL_TEXTS = {
    ErrorCode.INVALID_INPUT: LocalizedText(zh="输入有误", en="The input is not valid"),
    ErrorCode.NOT_FOUND: LocalizedText(zh="未找到", en="Not found"),
    ErrorCode.FORBIDDEN: LocalizedText(zh="没有权限", en="Not permitted"),
    ErrorCode.SIGN_IN_REQUIRED: LocalizedText(zh="请先登录", en="Please sign in first"),
    ErrorCode.RATE_LIMITED: LocalizedText(
        zh="尝试过于频繁，请稍后再试", en="Too many attempts: try again later"
    ),
    ErrorCode.FILL_OUT_OF_RANGE: LocalizedText(
        zh="加油量须为 0.01 至 10000 元，或 0.1 至 1200 升",
        en="A fill must be ¥0.01 to ¥10000, or 0.1 to 1200 L",
    ),
    ErrorCode.PRODUCT_NOT_SOLD: LocalizedText(
        zh="该油站不售此油号", en="This station does not sell this grade"
    ),
    ErrorCode.COUPON_TAKEN: LocalizedText(
        zh="券已被其他订单占用", en="Another order holds this coupon"
    ),
    ErrorCode.COUPON_EXPIRED: LocalizedText(zh="券已过期", en="This coupon has expired"),
    ErrorCode.IDEMPOTENCY_CONFLICT: LocalizedText(
        zh="该幂等键已用于其他请求，请换一个",
        en="This idempotency key was used for another request",
    ),
    ErrorCode.QUOTE_INVALID: LocalizedText(
        zh="报价无效，请重新获取", en="This quote is not valid: ask for a new one"
    ),
    ErrorCode.QUOTE_EXPIRED: LocalizedText(
        zh="报价已过期，请按新价格下单", en="This quote has expired: see the new price"
    ),
    ErrorCode.QUOTE_USED: LocalizedText(
        zh="该报价已下过单", en="An order has been placed with this quote"
    ),
    ErrorCode.QUOTE_NOT_YOURS: LocalizedText(
        zh="该报价属于其他用户", en="This quote was made for someone else"
    ),
    ErrorCode.PAYMENT_METHOD_MISMATCH: LocalizedText(
        zh="该报价须用所报的支付方式",
        en="This quote holds for the payment method that it was made for",
    ),
    ErrorCode.PRICE_CEILING_CHANGED: LocalizedText(
        zh="最高限价已下调，请按新价格下单",
        en="The price ceiling was lowered: see the new price",
    ),
    ErrorCode.DUPLICATE_SUSPECTED: LocalizedText(
        zh="您刚下过相同的订单，请确认是否重复",
        en="You have just placed the same order: confirm if you want another",
    ),
    ErrorCode.BUDGET_EXHAUSTED: LocalizedText(
        zh="优惠名额已用完", en="What this offer had to give is used up"
    ),
    ErrorCode.LIMIT_REACHED: LocalizedText(zh="所选优惠过多", en="Too many offers are chosen"),
    ErrorCode.OUT_OF_STOCK: LocalizedText(zh="已领完", en="None is left"),
    ErrorCode.ALREADY_CLAIMED: LocalizedText(zh="您已领取过", en="You have claimed it already"),
    ErrorCode.CODE_UNKNOWN: LocalizedText(zh="兑换码无效", en="This code is not valid"),
    ErrorCode.ORDER_STATE: LocalizedText(
        zh="订单当前状态不能这样操作", en="The order's state does not allow this"
    ),
    ErrorCode.REFUND_TOO_LARGE: LocalizedText(
        zh="退款金额超过可退金额", en="More than is left to refund"
    ),
    ErrorCode.PAYMENT_FAILED: LocalizedText(zh="支付失败", en="The payment failed"),
    ErrorCode.INVOICE_EXISTS: LocalizedText(
        zh="该订单已申请开票", en="An invoice was requested for this order"
    ),
    ErrorCode.REFERRAL_SELF: LocalizedText(zh="不能邀请自己", en="You cannot invite yourself"),
    ErrorCode.REFERRAL_LOOP: LocalizedText(
        zh="对方是您邀请的好友，不能互相邀请", en="Someone you invited cannot invite you"
    ),
    ErrorCode.REFERRAL_BOUND: LocalizedText(
        zh="您已绑定过邀请人", en="You were invited by someone already"
    ),
    ErrorCode.REFERRAL_TOO_LATE: LocalizedText(
        zh="已超过绑定邀请的时间", en="The time to be invited has passed"
    ),
    ErrorCode.CREDENTIAL_INVALID: LocalizedText(
        zh="验证未通过或已过期，请重新获取",
        en="It was not accepted or is out of date: get a new one",
    ),
    ErrorCode.PROVIDER_UNAVAILABLE: LocalizedText(
        zh="对方服务暂时不可用，请稍后再试",
        en="The service behind it is not available: try again soon",
    ),
    ErrorCode.POINTS_SHORT: LocalizedText(zh="积分不足", en="Not enough points"),
    ErrorCode.OFFER_ENDED: LocalizedText(zh="活动已结束", en="This offer has ended"),
    ErrorCode.NOT_ELIGIBLE: LocalizedText(zh="该优惠暂不可用", en="This offer cannot be used now"),
}

_BY_SUBJECT: dict[tuple[ErrorCode, Subject | None], LocalizedText] = {
    (ErrorCode.NOT_FOUND, Subject.STATION): LocalizedText(zh="未找到该油站", en="No such station"),
    (ErrorCode.NOT_FOUND, Subject.OFFER): LocalizedText(zh="未找到该优惠", en="No such offer"),
    (ErrorCode.NOT_FOUND, Subject.COUPON): LocalizedText(
        zh="未找到该券", en="No such coupon in your wallet"
    ),
    (ErrorCode.NOT_ELIGIBLE, Subject.AUTOMATIC): LocalizedText(
        zh="该优惠自动生效，无需领取", en="This offer applies by itself: there is nothing to claim"
    ),
    (ErrorCode.OUT_OF_STOCK, Subject.REWARD): LocalizedText(
        zh="完成订单所赠的券已发完，请看新的报价",
        en="The coupon that this order earns has run out: see the new price",
    ),
    (ErrorCode.ALREADY_CLAIMED, Subject.CODE): LocalizedText(
        zh="该兑换码已被使用", en="This code has been used"
    ),
    (ErrorCode.OFFER_ENDED, Subject.CODE): LocalizedText(
        zh="该兑换码已失效", en="This code is no longer valid"
    ),
    (ErrorCode.NOT_ELIGIBLE, Subject.COUPON): LocalizedText(
        zh="该券暂不可用", en="This coupon cannot be used now"
    ),
    (ErrorCode.INVALID_INPUT, Subject.NOZZLE): LocalizedText(
        zh="该油号没有此油枪", en="This grade has no such nozzle"
    ),
    (ErrorCode.INVALID_INPUT, Subject.COMBINATION): LocalizedText(
        zh="所选优惠不能同时使用", en="The chosen offers cannot go together"
    ),
    (ErrorCode.NOT_FOUND, Subject.SESSION): LocalizedText(
        zh="未找到该登录会话", en="No such session of yours"
    ),
    (ErrorCode.CREDENTIAL_INVALID, Subject.REFRESH): LocalizedText(
        zh="登录已失效，请重新登录", en="The session is over: sign in again"
    ),
    (ErrorCode.INVALID_INPUT, Subject.PHONE): LocalizedText(
        zh="请输入中国大陆手机号", en="A mobile number of mainland China is needed"
    ),
    (ErrorCode.INVALID_INPUT, Subject.PROOF): LocalizedText(
        zh="登录凭证格式有误", en="This cannot be a code of the provider's"
    ),
    (ErrorCode.NOT_FOUND, Subject.ORDER): LocalizedText(zh="未找到该订单", en="No such order"),
    (ErrorCode.INVALID_INPUT, Subject.KEY): LocalizedText(
        zh="幂等键须为 1 至 64 个字母、数字、下划线或连字符",
        en="An idempotency key is 1 to 64 letters, digits, _ or -",
    ),
    (ErrorCode.INVALID_INPUT, Subject.METHOD): LocalizedText(
        zh="暂不支持该支付方式", en="This payment method is not available"
    ),
    (ErrorCode.LIMIT_REACHED, Subject.USES): LocalizedText(
        zh="该优惠的使用次数已达上限", en="This offer has been used as often as it may be"
    ),
    (ErrorCode.LIMIT_REACHED, Subject.MONEY): LocalizedText(
        zh="该优惠的优惠金额已达上限", en="This offer has saved as much as it may"
    ),
    (ErrorCode.INVALID_INPUT, Subject.TWICE): LocalizedText(
        zh="同一优惠选择了两次", en="The same offer is chosen twice"
    ),
}
