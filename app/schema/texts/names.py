"""Names of grades, tiers, ways to pay, channels and other closed lists."""

from app.domain.profiles.member import MemberTier, Topic
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText

FUEL_GRADES = {
    FuelGrade.GASOLINE_89: LocalizedText(zh="89#", en="89#"),
    FuelGrade.GASOLINE_92: LocalizedText(zh="92#", en="92#"),
    FuelGrade.GASOLINE_95: LocalizedText(zh="95#", en="95#"),
    FuelGrade.GASOLINE_98: LocalizedText(zh="98#", en="98#"),
    FuelGrade.DIESEL_0: LocalizedText(zh="0#", en="0# diesel"),
    FuelGrade.DIESEL_MINUS_10: LocalizedText(zh="-10#", en="-10# diesel"),
    FuelGrade.DIESEL_MINUS_20: LocalizedText(zh="-20#", en="-20# diesel"),
    FuelGrade.DIESEL_MINUS_35: LocalizedText(zh="-35#", en="-35# diesel"),
}

MEMBER_TIERS = {
    MemberTier.BASIC: LocalizedText(zh="普通会员", en="Basic"),
    MemberTier.SILVER: LocalizedText(zh="白银会员", en="Silver"),
    MemberTier.GOLD: LocalizedText(zh="黄金会员", en="Gold"),
    MemberTier.PLATINUM: LocalizedText(zh="铂金会员", en="Platinum"),
}

PAYMENT_METHODS = {
    PaymentMethod.WECHAT_PAY: LocalizedText(zh="微信支付", en="WeChat Pay"),
    PaymentMethod.ALIPAY: LocalizedText(zh="支付宝", en="Alipay"),
    PaymentMethod.UNIONPAY: LocalizedText(zh="云闪付", en="UnionPay"),
    PaymentMethod.FUEL_CARD: LocalizedText(zh="加油卡", en="fuel card"),
    PaymentMethod.STORED_VALUE: LocalizedText(zh="储值余额", en="stored value"),
    PaymentMethod.FUEL_CREDIT: LocalizedText(zh="加油金", en="fuel credit"),
}

CHANNELS = {
    Channel.MINI_PROGRAM: LocalizedText(zh="小程序", en="the mini-program"),
    Channel.H5: LocalizedText(zh="H5 页面", en="the H5 page"),
    Channel.APP: LocalizedText(zh="App", en="the app"),
}

TOPICS = {
    Topic.OFFERS: LocalizedText(zh="优惠活动", en="Offers"),
    Topic.COUPON_EXPIRY: LocalizedText(zh="券即将到期", en="Coupons about to expire"),
    Topic.PRICE_CHANGE: LocalizedText(zh="油价调整", en="Fuel price changes"),
    Topic.ORDER: LocalizedText(zh="订单进展", en="Orders"),
    Topic.REFERRAL: LocalizedText(zh="邀请好友", en="Referrals"),
}

WEEKDAYS = (
    LocalizedText(zh="周一", en="Mon"),
    LocalizedText(zh="周二", en="Tue"),
    LocalizedText(zh="周三", en="Wed"),
    LocalizedText(zh="周四", en="Thu"),
    LocalizedText(zh="周五", en="Fri"),
    LocalizedText(zh="周六", en="Sat"),
    LocalizedText(zh="周日", en="Sun"),
)
"""Monday first, as ISO counts them."""
