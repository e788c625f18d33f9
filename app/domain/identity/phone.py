"""Phone numbers of mainland China: read as typed, kept in E.164, shown masked."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

COUNTRY = "+86"
LONGEST_TYPED = 32

_IGNORED = re.compile(r"[\s\-–—()·.]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
"""Mobile numbers (工信部《电信网编号计划》): eleven digits from 13 to 19."""


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164`: "+8613812340001". Never printed: its repr shows nothing of it."""

    e164: str = field(repr=False)

    @property
    def national(self) -> str:
        """Eleven digits, as gateways and drivers write it."""
        return self.e164.removeprefix(COUNTRY)

    @property
    def masked(self) -> str:
        """All that others, logs and lists may see: "138****0001"."""
        return f"{self.national[:3]}****{self.national[-4:]}"


class PhoneProof(StrEnum):
    """By what a phone was proven to be the caller's: a code sent to it, or WeChat's word."""

    SMS = "SMS"
    WECHAT = "WECHAT"


@dataclass(frozen=True, slots=True)
class ProvenPhone:
    phone: Phone
    proof: PhoneProof


def read_phone(typed: str) -> Phone | None:
    """The one spelling of a typed number: full-width digits, spaces, hyphens, "+86", "0086" and
    "86" before it are read over. None: it is no mobile number of mainland China."""
    if len(typed) > LONGEST_TYPED:
        return None
    digits = _IGNORED.sub("", unicodedata.normalize("NFKC", typed))
    for prefix in (COUNTRY, "0086", "86"):
        if digits.startswith(prefix):
            digits = digits[len(prefix) :]
            break
    return Phone(COUNTRY + digits) if _MOBILE.fullmatch(digits) else None
