"""A short form of `make swap`, with the real model and the engine."""

from pathlib import Path

from tests.proofs import swap


def test_who_a_person_is_changes_nothing_of_their_list(tmp_path: Path) -> None:
    """Fields and sentences: the same bytes and the same list. Woven: the first ten are as good as the same."""
    done = swap.prove(6, 80, tmp_path, controls=6)
    assert done.inputs_differing == []
    assert done.lists_differing == []
    assert done.variants == 6 * 12
    assert done.overlap >= swap.LEAST_OVERLAP
    # The control: texts as they were written do change the list.
    assert done.overlap_unscrubbed < swap.LEAST_OVERLAP
