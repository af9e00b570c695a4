"""Mapping of what an opening asks for: languages, skills, licences, education."""

from polku.openings.v1 import opening_pb2 as pb

from services.openings.adapters.wire import values
from services.openings.domain.requirements import (
    Basis,
    EducationRequirement,
    LanguageDemand,
    LanguageRequirement,
    LicenceRequirement,
    Necessity,
    SkillRequirement,
    Statement,
)
from services.openings.domain.values import CefrProfile


def language_to_wire(language: LanguageRequirement) -> pb.LanguageRequirement:
    """A language with its levels."""
    return pb.LanguageRequirement(
        language=language.language,
        levels=values.levels_to_wire(language.levels) if language.levels != CefrProfile() else None,
        necessity=_necessity(language.necessity),
        basis=_basis(language.basis),
    )


def language_from_wire(language: pb.LanguageRequirement) -> LanguageRequirement:
    """A language with its levels."""
    return LanguageRequirement(
        language=language.language,
        levels=values.levels_from_wire(language.levels),
        necessity=Necessity(language.necessity),
        basis=Basis(language.basis),
    )


def demand_to_wire(demand: LanguageDemand) -> pb.LanguageDemand | None:
    """A demand for languages; not set where nothing is stated."""
    if demand == LanguageDemand():
        return None
    return pb.LanguageDemand(
        statement=pb.LanguageDemand.Statement.ValueType(demand.statement),
        languages=[language_to_wire(language) for language in demand.languages],
    )


def demand_from_wire(demand: pb.LanguageDemand) -> LanguageDemand:
    """A demand for languages."""
    return LanguageDemand(
        statement=Statement(demand.statement),
        languages=tuple(language_from_wire(language) for language in demand.languages),
    )


def skill_to_wire(skill: SkillRequirement) -> pb.SkillRequirement:
    """A skill."""
    return pb.SkillRequirement(
        skill=values.concept_to_wire(skill.skill),
        necessity=_necessity(skill.necessity),
        weight=skill.weight,
        basis=_basis(skill.basis),
    )


def skill_from_wire(skill: pb.SkillRequirement) -> SkillRequirement:
    """A skill."""
    return SkillRequirement(
        skill=values.concept_from_wire(skill.skill),
        necessity=Necessity(skill.necessity),
        weight=skill.weight,
        basis=Basis(skill.basis),
    )


def licence_to_wire(licence: LicenceRequirement) -> pb.LicenceRequirement:
    """A licence or card."""
    return pb.LicenceRequirement(
        code=licence.code, necessity=_necessity(licence.necessity), basis=_basis(licence.basis)
    )


def licence_from_wire(licence: pb.LicenceRequirement) -> LicenceRequirement:
    """A licence or card."""
    return LicenceRequirement(licence.code, Necessity(licence.necessity), Basis(licence.basis))


def education_to_wire(education: EducationRequirement) -> pb.EducationRequirement | None:
    """An education; not set where none is asked for."""
    if education == EducationRequirement():
        return None
    return pb.EducationRequirement(
        isced_level=education.isced_level,
        isced_field=education.isced_field,
        recognition_required=education.recognition_required,
        necessity=_necessity(education.necessity),
    )


def education_from_wire(education: pb.EducationRequirement) -> EducationRequirement:
    """An education."""
    return EducationRequirement(
        isced_level=education.isced_level if education.HasField("isced_level") else None,
        isced_field=education.isced_field,
        recognition_required=education.recognition_required,
        necessity=Necessity(education.necessity),
    )


def _necessity(necessity: Necessity) -> pb.Necessity.Kind.ValueType:
    return pb.Necessity.Kind.ValueType(necessity)


def _basis(basis: Basis) -> pb.Basis.Kind.ValueType:
    return pb.Basis.Kind.ValueType(basis)
