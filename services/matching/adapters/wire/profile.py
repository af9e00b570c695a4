"""polku.profiles.v1.GetMatchingProfileResponse as a snapshot."""

from polku.profiles.v1 import profile_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as service_pb

from services.matching.adapters.wire import values
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Answer, TravelMode
from services.matching.domain.work import (
    Choices,
    Education,
    EverydayLimits,
    Goals,
    LanguageSkill,
    Licence,
    Recognition,
    RightStatus,
    RightToWork,
    SeekerWeights,
    Skill,
    SkillLevel,
    WorkExperience,
    WorkProfile,
)
from shared.kernel.names import parse_name


def profile_from_wire(profile: service_pb.GetMatchingProfileResponse) -> ProfileSnapshot:
    """A profile as matching sees it."""
    return ProfileSnapshot(
        id=parse_name("profiles", profile.name),
        version=profile.version,
        work=_work(profile.work),
        choices=_choices(profile.choices),
    )


def _work(work: pb.WorkProfile) -> WorkProfile:
    return WorkProfile(
        summaries=values.texts_from_wire(work.summaries),
        experiences=tuple(_experience(each) for each in work.experiences),
        skills=tuple(_skill(each) for each in work.skills),
        educations=tuple(_education(each) for each in work.educations),
        licences=tuple(_licence(each) for each in work.licences),
        languages=tuple(_language(each) for each in work.languages),
        right_to_work=_right(work.right_to_work),
        limits=_limits(work.limits),
        goals=_goals(work.goals),
    )


def _choices(choices: pb.Choices) -> Choices:
    return Choices(
        matching=values.known(Answer, choices.matching),
        employer_requests=values.known(Answer, choices.employer_requests),
        analytics=values.known(Answer, choices.analytics),
        ranking_opt_out=choices.ranking_opt_out,
        matching_paused=choices.matching_paused,
    )


def _experience(experience: pb.WorkExperience) -> WorkExperience:
    return WorkExperience(
        occupation=values.concept_from_wire(experience.occupation),
        months=experience.months if experience.HasField("months") else None,
        country=experience.country,
        tasks=experience.tasks,
        provenance=values.provenance_from_wire(experience.provenance),
    )


def _skill(skill: pb.Skill) -> Skill:
    return Skill(
        skill=values.concept_from_wire(skill.skill),
        level=values.known(SkillLevel, skill.level),
        provenance=values.provenance_from_wire(skill.provenance),
    )


def _education(education: pb.Education) -> Education:
    return Education(
        isced_level=education.isced_level if education.HasField("isced_level") else None,
        isced_field=education.isced_field,
        title=education.title,
        country=education.country,
        recognition=values.known(Recognition, education.recognition),
        provenance=values.provenance_from_wire(education.provenance),
    )


def _licence(licence: pb.Licence) -> Licence:
    return Licence(
        code=licence.code,
        held=values.known(Answer, licence.held),
        valid_until=values.date_from_wire(licence.valid_until),
        provenance=values.provenance_from_wire(licence.provenance),
    )


def _language(language: pb.LanguageSkill) -> LanguageSkill:
    return LanguageSkill(
        language=language.language,
        levels=values.levels_from_wire(language.levels),
        provenance=values.provenance_from_wire(language.provenance),
    )


def _right(right: pb.RightToWork) -> RightToWork:
    return RightToWork(
        status=values.known(RightStatus, right.status),
        isco_sectors=tuple(right.isco_sectors),
        max_hours_per_week=right.max_hours_per_week if right.HasField("max_hours_per_week") else None,
        single_employer=right.single_employer,
        valid_until=values.date_from_wire(right.valid_until),
        provenance=values.provenance_from_wire(right.provenance),
    )


def _limits(limits: pb.EverydayLimits) -> EverydayLimits:
    return EverydayLimits(
        available_from=values.date_from_wire(limits.available_from),
        min_hours_per_week=limits.min_hours_per_week if limits.HasField("min_hours_per_week") else None,
        max_hours_per_week=limits.max_hours_per_week if limits.HasField("max_hours_per_week") else None,
        windows=values.windows_from_wire(limits.windows),
        evenings=values.known(Answer, limits.evenings),
        nights=values.known(Answer, limits.nights),
        weekends=values.known(Answer, limits.weekends),
        home=values.place_from_wire(limits.home),
        travel_modes=values.known_ones(TravelMode, limits.travel_modes),
        max_travel_minutes=limits.max_travel_minutes if limits.HasField("max_travel_minutes") else None,
        own_car=values.known(Answer, limits.own_car),
        remote=values.known(Answer, limits.remote),
        accessibility_needs=tuple(limits.accessibility_needs),
        interpreter_needed=values.known(Answer, limits.interpreter_needed),
        interpreter_language=limits.interpreter_language,
    )


def _goals(goals: pb.Goals) -> Goals:
    weights = goals.weights
    return Goals(
        occupations=values.concepts_from_wire(goals.occupations),
        trainings=values.concepts_from_wire(goals.trainings),
        text=goals.text,
        weights=SeekerWeights(weights.skills, weights.interest, weights.nearness, weights.hours, weights.pay),
    )
