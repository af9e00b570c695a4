"""Folders of a task, metrics against values worked out by hand, and the sections of the figures."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from services.matching.evaluation.figures import Section, markdown_table, write_section
from services.matching.evaluation.metrics import mean, of_query, ranks_of
from services.matching.evaluation.tasks import TaskFolderError, read_task

FILES = {
    "queries.tsv": "q1\tcook\nq2\tnurse\nq3\tnobody\n",
    "corpus_elements.tsv": "c1\tkokki\nc2\tsairaanhoitaja\nc3\tkeittäjä\n",
    "annotations.tsv": "q1\t0\tc1\t1\nq1\t0\tc3\t1\nq2\t0\tc2\t1\nq3\t0\tc1\t0\n",
}


def folder(path: Path, **changes: str | None) -> Path:
    """A folder with the three files, some of them changed or left out."""
    for name, content in (FILES | {f"{key}.tsv": value for key, value in changes.items()}).items():
        if content is not None:
            (path / name).write_text(content, encoding="utf-8")
    return path


def test_a_folder_is_read_without_queries_that_nothing_fits(tmp_path: Path) -> None:
    """Relevance 0 is not relevant; relevant elements become places in the corpus."""
    task = read_task(folder(tmp_path))
    assert task.queries == ("cook", "nurse")
    assert task.relevant == (frozenset({0, 2}), frozenset({1}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"annotations": None}, "has no annotations.tsv"),
        ({"queries": "q1 cook\n"}, "queries.tsv:1 has no text"),
        ({"queries": "q1\ta\nq1\tb\n"}, "queries.tsv:2 gives the id 'q1' a second time"),
        ({"corpus_elements": ""}, "corpus_elements.tsv is empty"),
        ({"annotations": "q1\t0\tc9\t1\n"}, "annotations.tsv:1 names 'c9', which corpus_elements.tsv does not have"),
        ({"annotations": "q1\tc1\n"}, "annotations.tsv:1 is no relevance judgement"),
        ({"annotations": "q1\t0\tc1\t0\n"}, "nothing to measure"),
    ],
)
def test_a_bad_folder_is_refused_with_file_line_and_what_is_wrong(
    tmp_path: Path, changes: dict[str, str | None], told: str
) -> None:
    """The message names the place and the fault."""
    with pytest.raises(TaskFolderError, match=told.replace("(", r"\(")):
        read_task(folder(tmp_path, **changes))


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A path that is no folder says which files are wanted."""
    with pytest.raises(TaskFolderError, match="There is no folder"):
        read_task(tmp_path / "nowhere")


def test_metrics_agree_with_values_worked_out_by_hand() -> None:
    """Relevant at ranks 2 and 4 of 5: MRR 1/2, AP (1/2 + 2/4) / 2, nDCG (1/log2 3 + 1/log2 5) / (1 + 1/log2 3)."""
    ranks = ranks_of(np.asarray([0.9, 0.8, 0.7, 0.6, 0.5]), {1, 3})
    assert list(ranks) == [2, 4]
    values = of_query(ranks)
    assert values["MRR"] == 0.5
    assert values["MAP"] == pytest.approx(0.5)
    assert values["nDCG@10"] == pytest.approx((0.63093 + 0.43068) / (1 + 0.63093), abs=1e-4)
    assert (values["hit@1"], values["hit@5"], values["R@100"]) == (0.0, 1.0, 1.0)


def test_ties_are_broken_by_the_place_in_the_corpus() -> None:
    """Equal scores rank in the order of the corpus, as a stable sort has them."""
    assert list(ranks_of(np.zeros(4), {2})) == [3]


def test_the_mean_is_over_queries() -> None:
    """Each query counts once."""
    figures = mean([of_query(np.asarray([1])), of_query(np.asarray([4]))])
    assert (figures.queries, figures.values["MRR"]) == (2, 0.625)


def test_a_section_replaces_its_own_and_leaves_the_others(tmp_path: Path) -> None:
    """Written twice, a section is there once, with the second content; another one stays."""
    path = tmp_path / "figures.md"
    for name, body in (("One", "first"), ("Two", "other"), ("One", "second")):
        write_section(Section(name, "make it", body), date(2026, 11, 24), path)
    content = path.read_text(encoding="utf-8")
    assert content.count("## One") == content.count("## Two") == 1
    assert "second" in content
    assert "other" in content
    assert "first" not in content
    assert "2026-11-24" in content
    assert "`make it`" in content


def test_tables_are_markdown() -> None:
    """A header, a rule and a line a row."""
    assert markdown_table(["a", "b"], [["1", "2"]]).splitlines() == ["| a | b |", "| --- | --: |", "| 1 | 2 |"]
