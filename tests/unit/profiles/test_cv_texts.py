"""The CVs of tests/data are read whole without a model: their jobs, their languages, and nothing of who it is."""

from datetime import date

import pytest

from services.profiles.domain.cv.reading import read
from services.profiles.domain.values import CefrLevel
from shared import vocabulary
from tests.proofs.cv_texts import LANGUAGES, Cv, cvs

ALL = [cv for language in LANGUAGES for cv in cvs(language)]
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("cv", ALL, ids=lambda cv: cv.name)
def test_every_job_is_found_with_its_length(cv: Cv) -> None:
    """As many jobs as the text has, each with a title and months."""
    found = read(cv.text, vocabulary.load(), TODAY).jobs
    assert len(found) == len(cv.gold["jobs"].split(";"))
    assert all(job.parts and job.months for job in found)


@pytest.mark.parametrize("cv", ALL, ids=lambda cv: cv.name)
def test_names_and_contacts_stay_out(cv: Cv) -> None:
    """The first lines, telephone numbers and addresses of e-mail are in nothing that goes to linking."""
    reading = read(cv.text, vocabulary.load(), TODAY)
    sent = "\n".join([*(part for job in reading.jobs for part in (*job.parts, job.tasks)), *reading.about])
    assert "@example" not in sent
    assert "000 00" not in sent


def test_nine_of_ten_languages_come_with_their_level() -> None:
    """Those that the vocabulary knows, over all CVs."""
    wanted = right = 0
    for cv in ALL:
        found = {spoken.code: spoken.levels.speaking for spoken in read(cv.text, vocabulary.load(), TODAY).languages}
        for code, _, level in (item.strip().partition("=") for item in cv.gold["languages"].split(";")):
            wanted += 1
            right += found.get(code) is CefrLevel[level.upper()]
    assert right / wanted > 0.9
