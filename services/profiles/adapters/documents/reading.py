"""A reading as the worker hands it over: JSON of its dataclasses, and back."""

from typing import Any

from services.profiles.domain.cv.educations import Studies
from services.profiles.domain.cv.jobs import Job
from services.profiles.domain.cv.languages import SpokenLanguage
from services.profiles.domain.cv.reading import HeldLicence, Reading
from services.profiles.domain.values import CefrLevel, CefrProfile


def reading_from_json(given: Any) -> Reading:
    """What `dataclasses.asdict` made of a reading, after its way through JSON."""
    return Reading(
        jobs=tuple(Job(tuple(job["parts"]), job["months"], job["tasks"], job["country"]) for job in given["jobs"]),
        educations=tuple(Studies(**studies) for studies in given["educations"]),
        languages=tuple(
            SpokenLanguage(
                spoken["code"],
                CefrProfile(**{activity: CefrLevel(level) for activity, level in spoken["levels"].items()}),
                spoken["words"],
            )
            for spoken in given["languages"]
        ),
        licences=tuple(HeldLicence(**licence) for licence in given["licences"]),
        about=tuple(given["about"]),
    )
