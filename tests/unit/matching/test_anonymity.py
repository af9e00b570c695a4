"""What is shown of people who are not named: never less than five of whom the same is shown."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.anonymity import LEAST, WITHHELD, Handles, Placed, Subject, arrange

SECRET = b"0123456789abcdef"


def subject(number: int, *values: str, total: float = 0.5) -> Subject:
    """Somebody with a handle that says nothing of the number."""
    handle = Handles(SECRET).of("counsellor:c-1", "opening", str(number))
    return Subject(f"person-{number}", handle, total, values)


def shown(placed: Placed) -> tuple[tuple[str, ...], float | None]:
    """All that is shown of somebody but place and handle."""
    return placed.values, placed.total


values = st.sampled_from(["met", "not_met", "unknown"])
crowds = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(st.tuples(*[values] * width), st.integers(0, 100)), min_size=LEAST, max_size=60
    ).map(lambda rows: [subject(n, *row, total=total / 100) for n, (row, total) in enumerate(rows)])
)


@given(crowd=crowds)
@settings(max_examples=300, deadline=None)
def test_whatever_is_shown_of_one_is_shown_of_four_others(crowd: list[Subject]) -> None:
    """Values and total together, over any population of five or more; what is shown is true."""
    placed = arrange(crowd)
    counts = Counter(map(shown, placed))
    assert min(counts.values()) >= LEAST
    true = {each.id: each.values for each in crowd}
    for each in placed:
        assert all(one in (WITHHELD, real) for one, real in zip(each.values, true[each.id], strict=True))


@given(crowd=crowds, data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_follows_from_what_is_shown(crowd: list[Subject], data: st.DataObject) -> None:
    """Places go by the shown total; the order in which people come in changes nothing."""
    placed = arrange(crowd)
    totals = [each.total for each in placed if each.total is not None]
    assert totals == sorted(totals, reverse=True)
    assert arrange(data.draw(st.permutations(crowd))) == placed
    assert sorted(each.id for each in placed) == sorted(each.id for each in crowd)


@given(crowd=crowds, number=st.integers(1, LEAST))
@settings(max_examples=100, deadline=None)
def test_nobody_hides_among_those_who_are_named(crowd: list[Subject], number: int) -> None:
    """Who is named is shown whole, and the others are still five of whom the same is shown, or nothing is."""
    known = frozenset(each.id for each in crowd[:number])
    placed = arrange(crowd, known)
    true = {each.id: each for each in crowd}
    for each in placed:
        if each.id in known:
            assert shown(each) == (true[each.id].values, true[each.id].total)
    hidden = [each for each in placed if each.id not in known]
    if len(hidden) < LEAST:
        assert all(each.total is None and set(each.values) == {WITHHELD} for each in hidden)
    else:
        assert min(Counter(map(shown, hidden)).values()) >= LEAST


def test_fewer_than_five_are_shown_with_nothing() -> None:
    """Four people: no value, no total, and an order that says nothing."""
    crowd = [subject(number, "met", total=number / 10) for number in range(4)]
    placed = arrange(crowd)
    assert {shown(each) for each in placed} == {((WITHHELD,), None)}
    assert [each.handle for each in placed] == sorted(each.handle for each in crowd)


def test_a_rare_value_hides_among_enough_others() -> None:
    """One of eleven has another value: five others are withheld as well, else its being withheld would tell it."""
    crowd = [subject(number, "met") for number in range(10)] + [subject(10, "not_met")]
    counts = Counter(each.values for each in arrange(crowd))
    assert counts == {(WITHHELD,): 11}
    crowd += [subject(number, "unknown") for number in range(20, 25)]
    assert Counter(each.values for each in arrange(crowd)) == {("met",): 10, (WITHHELD,): 6}


def test_five_who_share_a_value_are_shown_with_it() -> None:
    """Values that are common enough are shown, and totals are the means of five or more who are near each other."""
    crowd = [subject(number, "met", total=0.9 - number / 100) for number in range(12)]
    placed = arrange(crowd)
    assert {each.values for each in placed} == {("met",)}
    assert [each.total for each in placed] == [0.88] * 5 + [0.82] * 7
    assert {each.id for each in placed[:5]} == {f"person-{number}" for number in range(5)}


def test_handles_are_good_for_one_reader_and_one_vacancy() -> None:
    """Another reader, vacancy, person or secret gives another handle; the same gives the same."""
    handles = Handles(SECRET)
    handle = handles.of("counsellor:c-1", "opening-1", "person-1")
    others = {
        handles.of("counsellor:c-2", "opening-1", "person-1"),
        handles.of("publisher:c-1", "opening-1", "person-1"),
        handles.of("counsellor:c-1", "opening-2", "person-1"),
        handles.of("counsellor:c-1", "opening-1", "person-2"),
        Handles(b"another secret of 16").of("counsellor:c-1", "opening-1", "person-1"),
    }
    assert len(others) == 5
    assert handle not in others
    assert handle == Handles(SECRET).of("counsellor:c-1", "opening-1", "person-1")


def test_a_short_secret_is_refused() -> None:
    """Handles that could be guessed are worth nothing."""
    with pytest.raises(ValueError, match="16 random bytes"):
        Handles(b"short")
