"""Places of the benchmark, chosen so that nobody needs a formula to say who reaches what.

With a car and 90 minutes everything in the capital region is within reach and nothing in another zone; districts lie
three kilometres or more apart, so that on foot in half an hour only the own one is. A test checks both on the map.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A municipality's code, a district's name ("" for the municipality's centre), and the zone."""

    municipality: str
    district: str
    zone: str


CAPITAL, WEST, EAST = "capital", "west", "east"

PLACES = {
    "espoon-keskus": Spot("049", "Espoon keskus", CAPITAL),
    "leppavaara": Spot("049", "Leppävaara", CAPITAL),
    "tapiola": Spot("049", "Tapiola", CAPITAL),
    "kivenlahti": Spot("049", "Kivenlahti", CAPITAL),
    "helsinki": Spot("091", "Helsingin keskusta", CAPITAL),
    "malmi": Spot("091", "Malmi", CAPITAL),
    "itakeskus": Spot("091", "Itäkeskus", CAPITAL),
    "myyrmaki": Spot("092", "Myyrmäki", CAPITAL),
    "tikkurila": Spot("092", "Tikkurila", CAPITAL),
    "hanko": Spot("078", "", WEST),
    "raasepori": Spot("710", "", WEST),
    "loviisa": Spot("434", "", EAST),
    "lapinjarvi": Spot("407", "", EAST),
}
IN_CAPITAL = tuple(key for key, spot in PLACES.items() if spot.zone == CAPITAL)
ELSEWHERE = tuple(key for key, spot in PLACES.items() if spot.zone != CAPITAL)
