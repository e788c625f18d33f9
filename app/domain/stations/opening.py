"""Opening hours as they are written in files, in the simple forms that stations use.

Read: "24/7", "00:00-24:00", "06:00-23:00", "Mo-Su 06:00-12:00,13:00-23:00", "daily 6:00-23:00".
Hours that differ between days have no place in `OpeningPeriod`, which is a day's: not read.
"""

import re

from app.domain.stations.station import OpeningPeriod

_DAY_MINUTES = 24 * 60
_EVERY_DAY = re.compile(r"^(?:mo-su|daily|everyday|每天)\s*[,:]?\s*", re.IGNORECASE)
_SPAN = re.compile(r"^(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})$")
_ALWAYS = frozenset({"24/7", "24h", "24小时", "24 hours"})


class OpeningUnreadable(ValueError):
    """Not one of the simple forms."""


def parse_opening(text: str) -> tuple[OpeningPeriod, ...]:
    """Periods of the local day in order; empty: always open, which is also what blank text says.

    Other forms (hours by weekday, holidays, hours past 24:00): `OpeningUnreadable`.
    """
    written = text.strip().rstrip(";").strip()
    if not written or written.casefold() in _ALWAYS:
        return ()
    spans = _EVERY_DAY.sub("", written)
    if spans.casefold() in _ALWAYS:
        return ()
    periods = sorted(
        (_period(span.strip(), text) for span in spans.split(",")),
        key=lambda period: period.opens_minute,
    )
    always = any(p.opens_minute == 0 and p.closes_minute == _DAY_MINUTES for p in periods)
    return () if always else tuple(periods)


def _period(span: str, text: str) -> OpeningPeriod:
    found = _SPAN.match(span)
    if found is None:
        raise OpeningUnreadable(text)
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, found.groups())
    opens, closes = opens_hour * 60 + opens_minute, closes_hour * 60 + closes_minute
    if max(opens_minute, closes_minute) > 59 or opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        raise OpeningUnreadable(text)
    # The same minute twice ("08:00-08:00") is how some write a whole day.
    return OpeningPeriod(0, _DAY_MINUTES) if opens == closes else OpeningPeriod(opens, closes)
