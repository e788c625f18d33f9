"""Money, volumes, prices and instants as drivers read them."""

from datetime import datetime

from app.domain.shared.text import Language
from app.schema.texts.words import Words


def money(fen: int) -> str:
    """28,610 fen are "¥286.10"; a negative amount leads with its sign."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan(fen: int) -> str:
    """A figure inside a sentence: "10" or "1.99"."""
    return str(fen // 100) if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"


def yuan_of_mills(mills: int) -> str:
    """A unit price or a reduction inside a sentence: "0.50", or "0.505" where mills count."""
    text = f"{mills // 1000}.{mills % 1000:03d}"
    return text.removesuffix("0")


def decimal_of_thousandths(thousandths: int) -> str:
    """Millilitres as litres or mills as yuan, always three decimals: "43.165"."""
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03d}"


def litres(volume_ml: int) -> str:
    """Inside a sentence: "10" or "43.165"."""
    return decimal_of_thousandths(volume_ml).rstrip("0").rstrip(".")


def unit_price(mill_per_litre: int, language: Language) -> str:
    unit = "/L" if language is Language.EN else "/升"
    return f"¥{yuan_of_mills(mill_per_litre)}{unit}"


def percent(basis_points: int) -> str:
    """2,000 basis points are "20%"."""
    return f"{basis_points // 100}.{basis_points % 100:02d}".rstrip("0").rstrip(".") + "%"


def zhe(off_bp: int) -> str:
    """折扣 counts what is paid in tenths: 2,000 basis points off are "8 折"."""
    paid = 10_000 - off_bp
    return f"{paid // 1000}.{paid % 1000:03d}".rstrip("0").rstrip(".") + " 折"


def day_and_time(moment: datetime, words: Words) -> str:
    """An instant that carries the time zone to show it in."""
    return words.say(
        f"{moment.month} 月 {moment.day} 日 {moment:%H:%M}",
        f"{moment.day} {_MONTHS[moment.month - 1]}, {moment:%H:%M}",
    )


def day(moment: datetime, words: Words) -> str:
    return words.say(
        f"{moment.year} 年 {moment.month} 月 {moment.day} 日",
        f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}",
    )


# Not strftime's names: those follow the machine's locale, not the reader's.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
