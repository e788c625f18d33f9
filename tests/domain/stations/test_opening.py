import pytest

from app.domain.stations.opening import OpeningUnreadable, parse_opening
from app.domain.stations.station import OpeningPeriod


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("", []),
        ("24/7", []),
        ("24小时", []),
        ("Mo-Su 24/7", []),
        ("00:00-24:00", []),
        ("Mo-Su 00:00-24:00", []),
        ("08:00-08:00", []),
        ("06:00-23:00", [(360, 1380)]),
        ("6:30-22:00;", [(390, 1320)]),
        ("Mo-Su 06:00-22:00", [(360, 1320)]),
        ("每天 06:00–22:00", [(360, 1320)]),
        ("14:00-22:00,06:00-12:00", [(360, 720), (840, 1320)]),
        ("22:00-06:00", [(1320, 360)]),
        ("18:00-24:00", [(1080, 1440)]),
    ],
)
def test_simple_forms(text: str, periods: list[tuple[int, int]]) -> None:
    assert parse_opening(text) == tuple(OpeningPeriod(*period) for period in periods)


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 06:00-22:00; Sa 08:00-18:00",
        "Mo-Fr 06:00-22:00",
        "06:00-22:00; PH off",
        "sunrise-sunset",
        "06:60-22:00",
        "25:00-26:00",
        "18:00-26:00",
        "06:00+",
        "closed",
    ],
)
def test_what_a_day_cannot_say_is_not_read(text: str) -> None:
    with pytest.raises(OpeningUnreadable):
        parse_opening(text)
