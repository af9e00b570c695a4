"""Look-ups, labels, hints and relations of the vocabulary."""

from time import perf_counter

import pytest

from shared.vocabulary import Coordinates, IscoGroup, Vocabulary, load
from shared.vocabulary.relations import distance_km, isco_closeness


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The starter vocabulary as services load it."""
    return load()


def occupation(vocabulary: Vocabulary, label: str) -> str:
    """The URI of the occupation with this English label."""
    return next(row.uri for row in vocabulary.tables.occupations.values() if row.labels["en"] == label)


def test_loading_is_cached() -> None:
    """A process reads the files once."""
    assert load() is load()


def test_unknown_codes_answer_none(vocabulary: Vocabulary) -> None:
    """A look-up never raises for a code that is not there."""
    assert vocabulary.occupation("x") is None
    assert vocabulary.skill("x") is None
    assert vocabulary.licence("x") is None
    assert vocabulary.municipality("000") is None
    assert vocabulary.place("Atlantis") is None
    assert vocabulary.isco("99999") is None
    assert vocabulary.essential_skills("x") == ()


def test_label_falls_back_along_the_readers_chain(vocabulary: Vocabulary) -> None:
    """A Ukrainian reader sees Finnish or English rather than nothing, and an unknown code shows itself."""
    assert vocabulary.label("hygiene-passport", "sv") == "hygienpass"
    assert vocabulary.label("hygiene-passport", "sv-FI") == "hygienpass"
    assert vocabulary.label_in("municipality", "186", "uk") == "Järvenpää"
    assert vocabulary.label_in("isced_field", "061", "so") == "computing and communications"
    assert vocabulary.label("hygiene-passport", "fr") == "hygiene passport"
    assert vocabulary.label("no-such-code", "fi") == "no-such-code"


def test_isco_is_read_by_code_and_by_uri(vocabulary: Vocabulary) -> None:
    """ESCO writes ISCO groups as URIs; both forms find the same group."""
    by_code = vocabulary.isco("9112")
    assert isinstance(by_code, IscoGroup)
    assert vocabulary.isco("http://data.europa.eu/esco/isco/C9112") == by_code
    assert vocabulary.label("http://data.europa.eu/esco/isco/C9112", "fi") == by_code.labels["fi"]
    assert vocabulary.broader("9112") == ("911",)
    assert vocabulary.broader("9") == ()


def test_an_isco_group_without_label_shows_the_one_above(vocabulary: Vocabulary) -> None:
    """Codes that the starter vocabulary does not use are still named, by the nearest group that has a label."""
    group = vocabulary.isco("1111")
    assert group is not None
    assert not group.labels
    assert vocabulary.label_in("isco", "1111", "fi") == vocabulary.label_in("isco", "11", "fi")


@pytest.mark.parametrize(
    "name", ["Iso Omena", "iso omena", "Leppävaara", "Alberga", "Esbo", "espoo", "tapiola", "Kirkkonummi"]
)
def test_places_are_found_by_any_name(vocabulary: Vocabulary, name: str) -> None:
    """Districts, service centres and Uusimaa's municipalities are found in Finnish or Swedish and in any case."""
    place = vocabulary.place(name)
    assert place is not None
    assert place.municipality in {"049", "257"}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("municipality", "Espo", "049"),
        ("municipality", "Kirkonummi", "257"),
        ("licence", "hygiene-pasport", "hygiene-passport"),
        ("licence", "hygieniapasi", "hygiene-passport"),
        ("licence", "driving-license-b", "driving-licence-b"),
        ("language", "Finnsh", "fi"),
        ("cefr_level", "b1", "B1"),
        ("travel_mode", "public-transport", "public_transport"),
        ("place", "Lepävaara", "leppavaara"),
    ],
)
def test_nearest_names_the_likely_code(vocabulary: Vocabulary, kind: str, value: str, code: str) -> None:
    """A slip of the key gets the code that was meant."""
    assert vocabulary.nearest(kind, value) == code


def test_nearest_finds_occupations_by_misspelt_label(vocabulary: Vocabulary) -> None:
    """An occupation's hint may come from a label in any language."""
    assert vocabulary.nearest("occupation", "siivoja") == occupation(vocabulary, "cleaner")
    assert vocabulary.nearest("occupation", "лектрик") == occupation(vocabulary, "electrician")


def test_nearest_is_silent_when_nothing_is_alike(vocabulary: Vocabulary) -> None:
    """A hint that is far off would mislead: better none. An unknown kind is a programming error."""
    assert vocabulary.nearest("municipality", "qqqqqqqq") == ""
    with pytest.raises(KeyError):
        vocabulary.nearest("no-such-kind", "x")


def test_closeness_goes_down_in_steps(vocabulary: Vocabulary) -> None:
    """The same occupation, a related one, the same ISCO groups from unit to major, nothing: never rising."""
    cook = occupation(vocabulary, "cook")
    assert vocabulary.closeness(cook, cook) == 1.0
    assert vocabulary.closeness(cook, occupation(vocabulary, "kitchen assistant")) == 0.8
    assert vocabulary.closeness(cook, occupation(vocabulary, "software developer")) == 0.0
    assert vocabulary.closeness(cook, "http://example.org/unknown") == 0.0
    steps = [isco_closeness("9112", other) for other in ("9112", "9111", "9122", "9211", "9999"[:1] + "0", "1111")]
    assert steps == [0.7, 0.5, 0.3, 0.1, 0.1, 0.0]


def test_closeness_is_mutual(vocabulary: Vocabulary) -> None:
    """The order of the two occupations does not matter."""
    uris = list(vocabulary.tables.occupations)[:40]
    for one in uris:
        for other in uris:
            assert vocabulary.closeness(one, other) == vocabulary.closeness(other, one)


def test_broader_goes_up(vocabulary: Vocabulary) -> None:
    """An occupation falls under its unit group, a narrow field under its broad one, a skill under ESCO concepts."""
    assert vocabulary.broader(occupation(vocabulary, "cook")) == ("5120",)
    assert vocabulary.broader("061") == ("06",)
    assert all(
        uri.startswith("http://data.europa.eu/esco/")
        for uri in vocabulary.broader(next(iter(vocabulary.tables.skills)))
    )
    assert vocabulary.broader("nothing") == ()


def test_a_higher_driving_licence_covers_lower_ones(vocabulary: Vocabulary) -> None:
    """CE proves C and B; B does not prove C."""
    assert vocabulary.licence_covers("driving-licence-ce", "driving-licence-b")
    assert vocabulary.licence_covers("driving-licence-b", "driving-licence-b")
    assert not vocabulary.licence_covers("driving-licence-b", "driving-licence-c")
    assert not vocabulary.licence_covers("no-such", "driving-licence-b")


def test_cefr_levels_are_ordered(vocabulary: Vocabulary) -> None:
    """None < A1 < … < C2 < native, by `order`."""
    assert list(vocabulary.tables.cefr_levels) == ["none", "A1", "A2", "B1", "B2", "C1", "C2", "native"]
    b1, b2 = vocabulary.cefr_level("B1"), vocabulary.cefr_level("B2")
    assert b1 is not None
    assert b2 is not None
    assert b1.order < b2.order


def test_distance_and_travel_time_are_plausible(vocabulary: Vocabulary) -> None:
    """Leppävaara to Iso Omena is about 8 km; walking takes longest and the car is quickest; unknown modes say so."""
    one, other = vocabulary.place("Leppävaara"), vocabulary.place("Iso Omena")
    assert one is not None
    assert other is not None
    assert 7 <= distance_km(one.coordinates, other.coordinates) <= 9
    minutes = [
        vocabulary.travel_minutes(mode, one.coordinates, other.coordinates)
        for mode in ("car", "public_transport", "bicycle", "walk")
    ]
    assert minutes == sorted(m for m in minutes if m is not None)
    assert vocabulary.travel_minutes("teleport", one.coordinates, other.coordinates) is None
    assert distance_km(Coordinates(60.2, 24.7), Coordinates(60.2, 24.7)) == 0


def test_nearest_is_quick_enough_for_an_error(vocabulary: Vocabulary) -> None:
    """A hint over all occupations' words takes under 100 ms, the best of three."""
    times = []
    for value in ("keitiöapulainenn", "sairanhoitja", "ohjelmistokehitäjä"):
        start = perf_counter()
        vocabulary.nearest("occupation", value)
        times.append(perf_counter() - start)
    assert min(times) < 0.1
