"""Mapping of what is on offer: vacancies, trainings, services."""

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1 import types_pb2 as type_pb

from services.openings.adapters.wire import requirements, values
from services.openings.domain.offers import (
    Contract,
    Employer,
    Participation,
    Pay,
    PayUnit,
    ServiceOffer,
    Shift,
    Theme,
    Training,
    TrainingInstance,
    TrainingKind,
    Vacancy,
)
from services.openings.domain.values import Answer, Concept, Remote


def vacancy_to_wire(vacancy: Vacancy) -> pb.Vacancy:
    """A vacancy."""
    return pb.Vacancy(
        employer=_employer_to_wire(vacancy.employer),
        occupation=values.concept_to_wire(vacancy.occupation) if vacancy.occupation != Concept() else None,
        isco_code=vacancy.isco_code,
        skills=[requirements.skill_to_wire(skill) for skill in vacancy.skills],
        language_demand=requirements.demand_to_wire(vacancy.language_demand),
        licences=[requirements.licence_to_wire(licence) for licence in vacancy.licences],
        education=requirements.education_to_wire(vacancy.education),
        experience_months=vacancy.experience_months,
        contract=pb.Vacancy.Contract.ValueType(vacancy.contract),
        min_hours_per_week=vacancy.min_hours_per_week,
        max_hours_per_week=vacancy.max_hours_per_week,
        shifts=[pb.Vacancy.Shift.ValueType(shift) for shift in vacancy.shifts],
        weekly_times=[values.window_to_wire(window) for window in vacancy.weekly_times],
        start_date=values.date_to_wire(vacancy.start_date),
        end_date=values.date_to_wire(vacancy.end_date),
        pay=_pay_to_wire(vacancy.pay),
        positions=vacancy.positions,
        pay_subsidy=_answer(vacancy.pay_subsidy),
        work_trial=_answer(vacancy.work_trial),
    )


def vacancy_from_wire(vacancy: pb.Vacancy) -> Vacancy:
    """A vacancy."""
    return Vacancy(
        employer=Employer(name=vacancy.employer.name, business_id=vacancy.employer.business_id),
        occupation=values.concept_from_wire(vacancy.occupation),
        isco_code=vacancy.isco_code,
        skills=tuple(requirements.skill_from_wire(skill) for skill in vacancy.skills),
        language_demand=requirements.demand_from_wire(vacancy.language_demand),
        licences=tuple(requirements.licence_from_wire(licence) for licence in vacancy.licences),
        education=requirements.education_from_wire(vacancy.education),
        experience_months=vacancy.experience_months if vacancy.HasField("experience_months") else None,
        contract=Contract(vacancy.contract),
        min_hours_per_week=vacancy.min_hours_per_week if vacancy.HasField("min_hours_per_week") else None,
        max_hours_per_week=vacancy.max_hours_per_week if vacancy.HasField("max_hours_per_week") else None,
        shifts=tuple(Shift(shift) for shift in vacancy.shifts),
        weekly_times=tuple(values.window_from_wire(window) for window in vacancy.weekly_times),
        start_date=values.date_from_wire(vacancy.start_date),
        end_date=values.date_from_wire(vacancy.end_date),
        pay=_pay_from_wire(vacancy.pay),
        positions=vacancy.positions,
        pay_subsidy=Answer(vacancy.pay_subsidy),
        work_trial=Answer(vacancy.work_trial),
    )


def training_to_wire(training: Training) -> pb.Training:
    """A training."""
    gives = training.gives_language
    return pb.Training(
        provider=training.provider,
        kind=pb.Training.Kind.ValueType(training.kind),
        teaches=[values.concept_to_wire(concept) for concept in training.teaches],
        leads_to=[values.concept_to_wire(concept) for concept in training.leads_to],
        gives_licences=training.gives_licences,
        gives_language=requirements.language_to_wire(gives) if gives is not None else None,
        language_demand=requirements.demand_to_wire(training.language_demand),
        entry_education=requirements.education_to_wire(training.entry_education),
        isced_field=training.isced_field,
        instances=[_instance_to_wire(instance) for instance in training.instances],
        cost=training.cost,
        childcare_on_site=_answer(training.childcare_on_site),
    )


def training_from_wire(training: pb.Training) -> Training:
    """A training."""
    gives = training.gives_language if training.HasField("gives_language") else None
    return Training(
        provider=training.provider,
        kind=TrainingKind(training.kind),
        teaches=tuple(values.concept_from_wire(concept) for concept in training.teaches),
        leads_to=tuple(values.concept_from_wire(concept) for concept in training.leads_to),
        gives_licences=tuple(training.gives_licences),
        gives_language=requirements.language_from_wire(gives) if gives is not None else None,
        language_demand=requirements.demand_from_wire(training.language_demand),
        entry_education=requirements.education_from_wire(training.entry_education),
        isced_field=training.isced_field,
        instances=tuple(_instance_from_wire(instance) for instance in training.instances),
        cost=training.cost if training.HasField("cost") else None,
        childcare_on_site=Answer(training.childcare_on_site),
    )


def service_to_wire(service: ServiceOffer) -> pb.ServiceOffer:
    """A service."""
    gives = service.gives_language
    return pb.ServiceOffer(
        provider=service.provider,
        themes=[pb.ServiceOffer.Theme.ValueType(theme) for theme in service.themes],
        audiences=[values.text_to_wire(text) for text in service.audiences],
        language_demand=requirements.demand_to_wire(service.language_demand),
        accessibility=[values.text_to_wire(text) for text in service.accessibility],
        opening_hours=[values.window_to_wire(window) for window in service.opening_hours],
        how_to_get_in=[values.text_to_wire(text) for text in service.how_to_get_in],
        participation=pb.ServiceOffer.Participation.ValueType(service.participation),
        benefit_effect=[values.text_to_wire(text) for text in service.benefit_effect],
        consent_needed=_answer(service.consent_needed),
        helps_with=[values.concept_to_wire(concept) for concept in service.helps_with],
        gives_licences=service.gives_licences,
        gives_language=requirements.language_to_wire(gives) if gives is not None else None,
    )


def service_from_wire(service: pb.ServiceOffer) -> ServiceOffer:
    """A service."""
    gives = service.gives_language if service.HasField("gives_language") else None
    return ServiceOffer(
        provider=service.provider,
        themes=tuple(Theme(theme) for theme in service.themes),
        audiences=tuple(values.text_from_wire(text) for text in service.audiences),
        language_demand=requirements.demand_from_wire(service.language_demand),
        accessibility=tuple(values.text_from_wire(text) for text in service.accessibility),
        opening_hours=tuple(values.window_from_wire(window) for window in service.opening_hours),
        how_to_get_in=tuple(values.text_from_wire(text) for text in service.how_to_get_in),
        participation=Participation(service.participation),
        benefit_effect=tuple(values.text_from_wire(text) for text in service.benefit_effect),
        consent_needed=Answer(service.consent_needed),
        helps_with=tuple(values.concept_from_wire(concept) for concept in service.helps_with),
        gives_licences=tuple(service.gives_licences),
        gives_language=requirements.language_from_wire(gives) if gives is not None else None,
    )


def _instance_to_wire(instance: TrainingInstance) -> pb.TrainingInstance:
    return pb.TrainingInstance(
        id=instance.id,
        start_date=values.date_to_wire(instance.start_date),
        end_date=values.date_to_wire(instance.end_date),
        weekly_times=[values.window_to_wire(window) for window in instance.weekly_times],
        hours_per_week=instance.hours_per_week,
        place=values.place_to_wire(instance.place) if instance.place is not None else None,
        remote=pb.Remote.Kind.ValueType(instance.remote),
        seats=instance.seats,
        seats_left=instance.seats_left,
        seats_confirmed_on=values.date_to_wire(instance.seats_confirmed_on),
    )


def _instance_from_wire(instance: pb.TrainingInstance) -> TrainingInstance:
    return TrainingInstance(
        id=instance.id,
        start_date=values.date_from_wire(instance.start_date),
        end_date=values.date_from_wire(instance.end_date),
        weekly_times=tuple(values.window_from_wire(window) for window in instance.weekly_times),
        hours_per_week=instance.hours_per_week if instance.HasField("hours_per_week") else None,
        place=values.place_from_wire(instance.place) if instance.HasField("place") else None,
        remote=Remote(instance.remote),
        seats=instance.seats if instance.HasField("seats") else None,
        seats_left=instance.seats_left if instance.HasField("seats_left") else None,
        seats_confirmed_on=values.date_from_wire(instance.seats_confirmed_on),
    )


def _employer_to_wire(employer: Employer) -> pb.Employer | None:
    return pb.Employer(name=employer.name, business_id=employer.business_id) if employer != Employer() else None


def _pay_to_wire(pay: Pay) -> pb.Pay | None:
    if pay == Pay():
        return None
    unit = pb.Pay.Unit.ValueType(pay.unit)
    return pb.Pay(minimum=pay.minimum, maximum=pay.maximum, currency=pay.currency, unit=unit)


def _pay_from_wire(pay: pb.Pay) -> Pay:
    return Pay(
        minimum=pay.minimum if pay.HasField("minimum") else None,
        maximum=pay.maximum if pay.HasField("maximum") else None,
        currency=pay.currency,
        unit=PayUnit(pay.unit),
    )


def _answer(answer: Answer) -> type_pb.Answer.Value.ValueType:
    return type_pb.Answer.Value.ValueType(answer)
