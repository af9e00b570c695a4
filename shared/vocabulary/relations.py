"""How near two occupations are, in documented steps, read off ESCO relations and the ISCO-08 tree."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

from shared.vocabulary.types import Coordinates, Occupation

SAME_OCCUPATION = 1.0
RELATED_OCCUPATION = 0.8
SAME_UNIT_GROUP = 0.7
SAME_MINOR_GROUP = 0.5
SAME_SUB_MAJOR_GROUP = 0.3
SAME_MAJOR_GROUP = 0.1
UNRELATED = 0.0

_BY_SHARED_DIGITS = (UNRELATED, SAME_MAJOR_GROUP, SAME_SUB_MAJOR_GROUP, SAME_MINOR_GROUP, SAME_UNIT_GROUP)
EARTH_RADIUS_KM = 6371.0088
"""Mean radius, IUGG."""


def isco_closeness(one: str, other: str) -> float:
    """Closeness of two ISCO-08 codes of 1 to 4 digits by the leading digits they share: 4 .7, 3 .5, 2 .3, 1 .1, 0 0."""
    shared = 0
    for left, right in zip(one[:4], other[:4], strict=False):
        if left != right:
            break
        shared += 1
    return _BY_SHARED_DIGITS[shared]


def occupation_closeness(occupations: Mapping[str, Occupation], one: str, other: str) -> float:
    """Closeness of two occupations by URI: the same 1, related .8, else by ISCO-08; 0 where either is unknown."""
    if one == other:
        return SAME_OCCUPATION
    left, right = occupations.get(one), occupations.get(other)
    if left is None or right is None:
        return UNRELATED
    if other in left.related or one in right.related:
        return RELATED_OCCUPATION
    return isco_closeness(left.isco, right.isco)


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Great-circle distance in kilometres (haversine); coordinates of two decimals give about 1 km of precision."""
    latitude_1, latitude_2 = radians(one.latitude), radians(other.latitude)
    half_chord = (
        sin((latitude_2 - latitude_1) / 2) ** 2
        + cos(latitude_1) * cos(latitude_2) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half_chord))
