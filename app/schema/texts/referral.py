"""Referral in words, and the addresses that share codes stand in."""

from urllib.parse import quote

from app.domain.referral.rules import ReferralRules
from app.schema.texts.amounts import yuan
from app.schema.texts.words import Words


def landing_url(rules: ReferralRules, code: str) -> str:
    """The H5 page of a share link."""
    joint = "&" if "?" in rules.landing_url else "?"
    return f"{rules.landing_url}{joint}code={code}"


def mini_program_path(rules: ReferralRules, scene: str) -> str:
    """The mini-program's page, with the scene as the client finds it behind a QR code."""
    return f"{rules.mini_program_page}?scene={quote(scene, safe='')}"


def reward_label(credit_fen: int | None, title: str | None, times: int, words: Words) -> str:
    """E.g. 10 元加油金; "满 200 减 8" ×3."""
    if credit_fen is not None:
        amount = yuan(credit_fen)
        return words.say(f"{amount} 元加油金", f"¥{amount} of fuel credit")
    named = title or words.say("优惠券", "Coupon")
    return named if times == 1 else f"{named} ×{times}"
