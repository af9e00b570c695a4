"""Mapping of the work profile and the choices. Parts of which nothing is known are not set on the wire."""

from polku.profiles.v1 import profile_pb2 as pb
from polku.type.v1 import types_pb2 as type_pb

from services.profiles.adapters.wire import values
from services.profiles.domain.values import Answer, TravelMode
from services.profiles.domain.work import (
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


def work_to_wire(work: WorkProfile) -> pb.WorkProfile:
    """A work profile."""
    return pb.WorkProfile(
        summaries=[values.text_to_wire(text) for text in work.summaries],
        experiences=[_experience_to_wire(experience) for experience in work.experiences],
        skills=[_skill_to_wire(skill) for skill in work.skills],
        educations=[_education_to_wire(education) for education in work.educations],
        licences=[_licence_to_wire(licence) for licence in work.licences],
        languages=[_language_to_wire(language) for language in work.languages],
        right_to_work=_right_to_wire(work.right_to_work) if work.right_to_work != RightToWork() else None,
        limits=_limits_to_wire(work.limits) if work.limits != EverydayLimits() else None,
        goals=_goals_to_wire(work.goals) if work.goals != Goals() else None,
    )


def work_from_wire(work: pb.WorkProfile) -> WorkProfile:
    """A work profile."""
    return WorkProfile(
        summaries=tuple(values.text_from_wire(text) for text in work.summaries),
        experiences=tuple(_experience_from_wire(experience) for experience in work.experiences),
        skills=tuple(_skill_from_wire(skill) for skill in work.skills),
        educations=tuple(_education_from_wire(education) for education in work.educations),
        licences=tuple(_licence_from_wire(licence) for licence in work.licences),
        languages=tuple(_language_from_wire(language) for language in work.languages),
        right_to_work=_right_from_wire(work.right_to_work),
        limits=_limits_from_wire(work.limits),
        goals=_goals_from_wire(work.goals),
    )


def choices_to_wire(choices: Choices) -> pb.Choices:
    """What the person has agreed to."""
    return pb.Choices(
        matching=_answer(choices.matching),
        employer_requests=_answer(choices.employer_requests),
        analytics=_answer(choices.analytics),
        ranking_opt_out=choices.ranking_opt_out,
        matching_paused=choices.matching_paused,
    )


def choices_from_wire(choices: pb.Choices) -> Choices:
    """What the person has agreed to."""
    return Choices(
        matching=Answer(choices.matching),
        employer_requests=Answer(choices.employer_requests),
        analytics=Answer(choices.analytics),
        ranking_opt_out=choices.ranking_opt_out,
        matching_paused=choices.matching_paused,
    )


def _experience_to_wire(experience: WorkExperience) -> pb.WorkExperience:
    return pb.WorkExperience(
        occupation=values.concept_to_wire(experience.occupation),
        months=experience.months,
        country=experience.country,
        tasks=experience.tasks,
        provenance=values.provenance_to_wire(experience.provenance),
    )


def _experience_from_wire(experience: pb.WorkExperience) -> WorkExperience:
    return WorkExperience(
        occupation=values.concept_from_wire(experience.occupation),
        months=experience.months if experience.HasField("months") else None,
        country=experience.country,
        tasks=experience.tasks,
        provenance=values.provenance_from_wire(experience.provenance),
    )


def _skill_to_wire(skill: Skill) -> pb.Skill:
    return pb.Skill(
        skill=values.concept_to_wire(skill.skill),
        level=pb.Skill.Level.ValueType(skill.level),
        provenance=values.provenance_to_wire(skill.provenance),
    )


def _skill_from_wire(skill: pb.Skill) -> Skill:
    return Skill(
        skill=values.concept_from_wire(skill.skill),
        level=SkillLevel(skill.level),
        provenance=values.provenance_from_wire(skill.provenance),
    )


def _education_to_wire(education: Education) -> pb.Education:
    return pb.Education(
        isced_level=education.isced_level,
        isced_field=education.isced_field,
        title=education.title,
        country=education.country,
        recognition=pb.Education.Recognition.ValueType(education.recognition),
        provenance=values.provenance_to_wire(education.provenance),
    )


def _education_from_wire(education: pb.Education) -> Education:
    return Education(
        isced_level=education.isced_level if education.HasField("isced_level") else None,
        isced_field=education.isced_field,
        title=education.title,
        country=education.country,
        recognition=Recognition(education.recognition),
        provenance=values.provenance_from_wire(education.provenance),
    )


def _licence_to_wire(licence: Licence) -> pb.Licence:
    return pb.Licence(
        code=licence.code,
        held=_answer(licence.held),
        valid_until=values.date_to_wire(licence.valid_until),
        provenance=values.provenance_to_wire(licence.provenance),
    )


def _licence_from_wire(licence: pb.Licence) -> Licence:
    return Licence(
        code=licence.code,
        held=Answer(licence.held),
        valid_until=values.date_from_wire(licence.valid_until),
        provenance=values.provenance_from_wire(licence.provenance),
    )


def _language_to_wire(language: LanguageSkill) -> pb.LanguageSkill:
    return pb.LanguageSkill(
        language=language.language,
        levels=values.levels_to_wire(language.levels),
        provenance=values.provenance_to_wire(language.provenance),
    )


def _language_from_wire(language: pb.LanguageSkill) -> LanguageSkill:
    return LanguageSkill(
        language=language.language,
        levels=values.levels_from_wire(language.levels),
        provenance=values.provenance_from_wire(language.provenance),
    )


def _right_to_wire(right: RightToWork) -> pb.RightToWork:
    return pb.RightToWork(
        status=pb.RightToWork.Status.ValueType(right.status),
        isco_sectors=right.isco_sectors,
        max_hours_per_week=right.max_hours_per_week,
        single_employer=right.single_employer,
        valid_until=values.date_to_wire(right.valid_until),
        provenance=values.provenance_to_wire(right.provenance),
    )


def _right_from_wire(right: pb.RightToWork) -> RightToWork:
    return RightToWork(
        status=RightStatus(right.status),
        isco_sectors=tuple(right.isco_sectors),
        max_hours_per_week=right.max_hours_per_week if right.HasField("max_hours_per_week") else None,
        single_employer=right.single_employer,
        valid_until=values.date_from_wire(right.valid_until),
        provenance=values.provenance_from_wire(right.provenance),
    )


def _limits_to_wire(limits: EverydayLimits) -> pb.EverydayLimits:
    home = values.place_to_wire(limits.home)
    return pb.EverydayLimits(
        available_from=values.date_to_wire(limits.available_from),
        min_hours_per_week=limits.min_hours_per_week,
        max_hours_per_week=limits.max_hours_per_week,
        windows=[values.window_to_wire(window) for window in limits.windows],
        evenings=_answer(limits.evenings),
        nights=_answer(limits.nights),
        weekends=_answer(limits.weekends),
        home=home if home.ByteSize() else None,
        travel_modes=[pb.EverydayLimits.TravelMode.ValueType(mode) for mode in limits.travel_modes],
        max_travel_minutes=limits.max_travel_minutes,
        own_car=_answer(limits.own_car),
        remote=_answer(limits.remote),
        accessibility_needs=limits.accessibility_needs,
        interpreter_needed=_answer(limits.interpreter_needed),
        interpreter_language=limits.interpreter_language,
    )


def _limits_from_wire(limits: pb.EverydayLimits) -> EverydayLimits:
    return EverydayLimits(
        available_from=values.date_from_wire(limits.available_from),
        min_hours_per_week=limits.min_hours_per_week if limits.HasField("min_hours_per_week") else None,
        max_hours_per_week=limits.max_hours_per_week if limits.HasField("max_hours_per_week") else None,
        windows=tuple(values.window_from_wire(window) for window in limits.windows),
        evenings=Answer(limits.evenings),
        nights=Answer(limits.nights),
        weekends=Answer(limits.weekends),
        home=values.place_from_wire(limits.home),
        travel_modes=tuple(TravelMode(mode) for mode in limits.travel_modes),
        max_travel_minutes=limits.max_travel_minutes if limits.HasField("max_travel_minutes") else None,
        own_car=Answer(limits.own_car),
        remote=Answer(limits.remote),
        accessibility_needs=tuple(limits.accessibility_needs),
        interpreter_needed=Answer(limits.interpreter_needed),
        interpreter_language=limits.interpreter_language,
    )


def _goals_to_wire(goals: Goals) -> pb.Goals:
    return pb.Goals(
        occupations=[values.concept_to_wire(occupation) for occupation in goals.occupations],
        trainings=[values.concept_to_wire(training) for training in goals.trainings],
        text=goals.text,
        weights=_weights_to_wire(goals.weights) if goals.weights != SeekerWeights() else None,
    )


def _goals_from_wire(goals: pb.Goals) -> Goals:
    return Goals(
        occupations=tuple(values.concept_from_wire(occupation) for occupation in goals.occupations),
        trainings=tuple(values.concept_from_wire(training) for training in goals.trainings),
        text=goals.text,
        weights=_weights_from_wire(goals.weights),
    )


def _weights_to_wire(weights: SeekerWeights) -> pb.SeekerWeights:
    return pb.SeekerWeights(
        skills=weights.skills,
        interest=weights.interest,
        nearness=weights.nearness,
        hours=weights.hours,
        pay=weights.pay,
    )


def _weights_from_wire(weights: pb.SeekerWeights) -> SeekerWeights:
    return SeekerWeights(
        skills=weights.skills,
        interest=weights.interest,
        nearness=weights.nearness,
        hours=weights.hours,
        pay=weights.pay,
    )


def _answer(answer: Answer) -> type_pb.Answer.Value.ValueType:
    return type_pb.Answer.Value.ValueType(answer)
