"""polku.openings.v1.Opening as a snapshot. Contacts are left behind: the events do not carry them, nor may we."""

from typing import Any

from polku.openings.v1 import opening_pb2 as pb

from services.matching.adapters.wire import values
from services.matching.domain.offers import (
    Contract,
    EducationRequirement,
    Gives,
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
    Participation,
    Pay,
    PayUnit,
    ServiceDetail,
    SkillRequirement,
    Theme,
    TrainingDetail,
    TrainingInstance,
    TrainingKind,
)
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Answer, OpeningKind, Remote, Shift
from shared.kernel.errors import InvalidArgument
from shared.kernel.names import parse_name


def opening_from_wire(opening: pb.Opening) -> OpeningSnapshot:
    """An opening. Raises InvalidArgument OPENING_EMPTY for one that is no vacancy, training or service."""
    detail = opening.WhichOneof("detail")
    common: dict[str, Any] = {
        "id": parse_name("openings", opening.name),
        "version": opening.version,
        "publisher": opening.publisher,
        "titles": values.texts_from_wire(opening.titles),
        "descriptions": values.texts_from_wire(opening.descriptions),
        "places": tuple(values.place_from_wire(place) for place in opening.places),
        "remote": values.known(Remote, opening.remote),
        "closing_date": values.date_from_wire(opening.closing_date),
        "url": opening.url,
        "publish_time": values.timestamp_from_wire(opening.publish_time) if opening.HasField("publish_time") else None,
    }
    match detail:
        case "vacancy":
            return OpeningSnapshot(kind=OpeningKind.VACANCY, **common, **_vacancy(opening.vacancy))
        case "training":
            return OpeningSnapshot(kind=OpeningKind.TRAINING, **common, **_training(opening.training))
        case "service":
            return OpeningSnapshot(kind=OpeningKind.SERVICE, **common, **_service(opening.service))
    raise InvalidArgument("OPENING_EMPTY", "The opening is neither a vacancy, a training nor a service.")


def _vacancy(vacancy: pb.Vacancy) -> dict[str, Any]:
    return {
        "organisation": vacancy.employer.name,
        "occupation": values.concept_from_wire(vacancy.occupation),
        "isco_code": vacancy.isco_code,
        "skills": tuple(_skill(skill) for skill in vacancy.skills),
        "language_demand": _demand(vacancy.language_demand),
        "licences": tuple(_licence(licence) for licence in vacancy.licences),
        "education": _education(vacancy.education) if vacancy.HasField("education") else None,
        "experience_months": vacancy.experience_months if vacancy.HasField("experience_months") else None,
        "contract": values.known(Contract, vacancy.contract),
        "min_hours_per_week": vacancy.min_hours_per_week if vacancy.HasField("min_hours_per_week") else None,
        "max_hours_per_week": vacancy.max_hours_per_week if vacancy.HasField("max_hours_per_week") else None,
        "shifts": values.known_ones(Shift, vacancy.shifts),
        "weekly_times": values.windows_from_wire(vacancy.weekly_times),
        "start_date": values.date_from_wire(vacancy.start_date),
        "end_date": values.date_from_wire(vacancy.end_date),
        "pay": _pay(vacancy.pay) if vacancy.HasField("pay") else None,
        "pay_subsidy": values.known(Answer, vacancy.pay_subsidy),
        "work_trial": values.known(Answer, vacancy.work_trial),
    }


def _training(training: pb.Training) -> dict[str, Any]:
    gives = Gives(
        skills=values.concepts_from_wire(training.teaches),
        leads_to=values.concepts_from_wire(training.leads_to),
        licences=tuple(training.gives_licences),
        language=_language(training.gives_language) if training.HasField("gives_language") else None,
    )
    detail = TrainingDetail(
        kind=values.known(TrainingKind, training.kind),
        isced_field=training.isced_field,
        instances=tuple(_instance(instance) for instance in training.instances),
        cost=training.cost if training.HasField("cost") else None,
        childcare_on_site=values.known(Answer, training.childcare_on_site),
    )
    return {
        "organisation": training.provider,
        "language_demand": _demand(training.language_demand),
        "education": _education(training.entry_education) if training.HasField("entry_education") else None,
        "gives": gives,
        "training": detail,
    }


def _service(service: pb.ServiceOffer) -> dict[str, Any]:
    gives = Gives(
        skills=values.concepts_from_wire(service.helps_with),
        licences=tuple(service.gives_licences),
        language=_language(service.gives_language) if service.HasField("gives_language") else None,
    )
    detail = ServiceDetail(
        themes=values.known_ones(Theme, service.themes),
        audiences=values.texts_from_wire(service.audiences),
        opening_hours=values.windows_from_wire(service.opening_hours),
        participation=values.known(Participation, service.participation),
        consent_needed=values.known(Answer, service.consent_needed),
    )
    demand = _demand(service.language_demand)
    return {"organisation": service.provider, "language_demand": demand, "gives": gives, "service": detail}


def _skill(requirement: pb.SkillRequirement) -> SkillRequirement:
    return SkillRequirement(
        skill=values.concept_from_wire(requirement.skill),
        necessity=values.necessity_from_wire(requirement.necessity),
        weight=requirement.weight or 1.0,
        basis=values.basis_from_wire(requirement.basis),
    )


def _demand(demand: pb.LanguageDemand) -> LanguageDemand:
    return LanguageDemand(
        statement=values.known(LanguageStatement, demand.statement),
        languages=tuple(_language(language) for language in demand.languages),
    )


def _language(requirement: pb.LanguageRequirement) -> LanguageRequirement:
    return LanguageRequirement(
        language=requirement.language,
        levels=values.levels_from_wire(requirement.levels),
        necessity=values.necessity_from_wire(requirement.necessity),
        basis=values.basis_from_wire(requirement.basis),
    )


def _licence(requirement: pb.LicenceRequirement) -> LicenceRequirement:
    return LicenceRequirement(
        code=requirement.code,
        necessity=values.necessity_from_wire(requirement.necessity),
        basis=values.basis_from_wire(requirement.basis),
    )


def _education(requirement: pb.EducationRequirement) -> EducationRequirement:
    return EducationRequirement(
        isced_level=requirement.isced_level if requirement.HasField("isced_level") else None,
        isced_field=requirement.isced_field,
        recognition_required=requirement.recognition_required,
        necessity=values.necessity_from_wire(requirement.necessity),
    )


def _pay(pay: pb.Pay) -> Pay:
    return Pay(
        minimum=pay.minimum if pay.HasField("minimum") else None,
        maximum=pay.maximum if pay.HasField("maximum") else None,
        currency=pay.currency,
        unit=values.known(PayUnit, pay.unit),
    )


def _instance(instance: pb.TrainingInstance) -> TrainingInstance:
    return TrainingInstance(
        id=instance.id,
        start_date=values.date_from_wire(instance.start_date),
        end_date=values.date_from_wire(instance.end_date),
        weekly_times=values.windows_from_wire(instance.weekly_times),
        hours_per_week=instance.hours_per_week if instance.HasField("hours_per_week") else None,
        place=values.place_from_wire(instance.place) if instance.HasField("place") else None,
        remote=values.known(Remote, instance.remote),
        seats=instance.seats if instance.HasField("seats") else None,
        seats_left=instance.seats_left if instance.HasField("seats_left") else None,
        seats_confirmed_on=values.date_from_wire(instance.seats_confirmed_on),
    )
