"""Administrative codes of regions: which region holds which.

Chinese codes have six digits in three pairs, province, prefecture, county; a pair of zeros stands
for "all of it". Whole pairs are compared, since single zeros belong to codes: 500000 is Chongqing
and does not hold 510000, Sichuan; 411000 is Xuchang and does not hold 411100, Luohe.
"""


def region_covers(region_code: str, place_code: str) -> bool:
    """Whether the region is the place's own or one above it. Codes of another form ("AU-NSW")
    cover themselves and what follows them after a hyphen."""
    if region_code == place_code:
        return True
    if not (region_code.isdigit() and len(region_code) == 6):
        return place_code.startswith(f"{region_code}-")
    prefix = region_code
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return len(place_code) == 6 and place_code.startswith(prefix)
