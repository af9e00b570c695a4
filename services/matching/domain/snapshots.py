"""What matching knows of a person and of an opening: one version of each, frozen.

`ProfileSnapshot` mirrors polku.profiles.v1.GetMatchingProfileResponse, `OpeningSnapshot` polku.openings.v1.Opening.
Neither has a place for a name, a contact or a person id, so none can get in. In `OpeningSnapshot` what the three kinds
have in common lies side by side (a training's entry education is `education`), so that one rule serves all kinds.
"""

from dataclasses import dataclass
from datetime import date, datetime

from services.matching.domain.offers import (
    NO_DEMAND,
    NO_GIVES,
    Contract,
    EducationRequirement,
    Gives,
    LanguageDemand,
    LicenceRequirement,
    Pay,
    ServiceDetail,
    SkillRequirement,
    TrainingDetail,
)
from services.matching.domain.values import (
    NO_CONCEPT,
    Answer,
    Concept,
    LocalizedText,
    OpeningKind,
    Place,
    Remote,
    Shift,
    WeeklyWindow,
)
from services.matching.domain.work import NO_CHOICES, NO_WORK, Choices, WorkProfile


@dataclass(frozen=True, slots=True)
class ProfileSnapshot:
    """One version of a person's profile; `id` is the bare id."""

    id: str
    version: int
    work: WorkProfile = NO_WORK
    choices: Choices = NO_CHOICES


@dataclass(frozen=True, slots=True)
class OpeningSnapshot:
    """One version of a published opening; `id` is the bare id.

    organisation      employer of a vacancy, provider of a training or service
    publish_time      aware instant, UTC; None where not known
    closing_date      last day to apply, to its end in Europe/Helsinki
    occupation … pay  a vacancy's; hours are a week's. `isco_code` is the field, "" where only the occupation says it
    gives             a training's or a service's: what one has afterwards
    """

    id: str
    version: int
    kind: OpeningKind
    publisher: str = ""
    titles: tuple[LocalizedText, ...] = ()
    descriptions: tuple[LocalizedText, ...] = ()
    organisation: str = ""
    places: tuple[Place, ...] = ()
    remote: Remote = Remote.UNKNOWN
    closing_date: date | None = None
    url: str = ""
    publish_time: datetime | None = None
    language_demand: LanguageDemand = NO_DEMAND
    education: EducationRequirement | None = None
    # A vacancy's.
    occupation: Concept = NO_CONCEPT
    isco_code: str = ""
    skills: tuple[SkillRequirement, ...] = ()
    licences: tuple[LicenceRequirement, ...] = ()
    experience_months: int | None = None
    contract: Contract = Contract.UNKNOWN
    min_hours_per_week: float | None = None
    max_hours_per_week: float | None = None
    shifts: tuple[Shift, ...] = ()
    weekly_times: tuple[WeeklyWindow, ...] = ()
    start_date: date | None = None
    end_date: date | None = None
    pay: Pay | None = None
    pay_subsidy: Answer = Answer.UNKNOWN
    work_trial: Answer = Answer.UNKNOWN
    # A training's or a service's.
    gives: Gives = NO_GIVES
    training: TrainingDetail | None = None
    service: ServiceDetail | None = None
