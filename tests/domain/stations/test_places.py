import pytest

from app.domain.stations.places import MAX_PLACES, covers, find_places, folded, region_prefix
from app.domain.stations.station import Region


def region(code: str, name: str) -> Region:
    return Region(code=code, name=name, latitude_e7=0, longitude_e7=0)


PLACES = [
    region("310115", "浦东新区"),
    region("310000", "上海市"),
    region("320583", "昆山市"),
    region("371302", "兰山区"),
    region("530126", "昆明石林县"),
    region("320500", "山"),
    region("370000", "山东省"),
    region("AU-NSW", "New South Wales"),
]


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("500000", "50"),
        ("310000", "31"),
        ("370100", "3701"),
        ("310115", "310115"),
        ("110110", "110110"),
        ("110101000000", "110101"),
        ("469000", "4690"),
        ("AU-NSW", "AU-NSW"),
        ("00", "00"),
        ("", ""),
    ],
)
def test_zeros_go_in_pairs(code: str, prefix: str) -> None:
    assert region_prefix(code) == prefix


def test_a_province_covers_its_counties_and_no_other_province() -> None:
    assert covers("500000", "500103")
    assert not covers("500000", "510104")
    assert covers("310115", "310115")
    assert not covers("310115", "310000")


def test_the_text_itself_comes_before_prefixes_before_the_rest() -> None:
    assert [place.name for place in find_places(PLACES, "山")] == [
        "山",
        "山东省",
        "昆山市",
        "兰山区",
    ]


def test_larger_regions_come_first_among_equals() -> None:
    names = [place.name for place in find_places(PLACES, "昆")]
    assert names == ["昆山市", "昆明石林县"]
    with_province = [*PLACES, region("990000", "昆仑")]
    assert find_places(with_province, "昆")[0].code == "990000"


def test_case_and_width_do_not_matter() -> None:
    assert find_places(PLACES, " ｎｅｗ  SOUTH ")[0].code == "AU-NSW"
    assert folded("ＡＢ  Ｃ\t") == "ab c"


def test_blank_text_finds_nothing() -> None:
    assert find_places(PLACES, "  ") == ()
    assert find_places(PLACES, "山", first=0) == ()


def test_the_answer_is_bounded() -> None:
    many = [region(f"{number:06}", f"镇{number}") for number in range(100_000, 100_500)]
    assert len(find_places(many, "镇", first=7)) == 7
    assert len(find_places(many, "镇", first=10_000)) == MAX_PLACES
