"""Domain events as records for the outbox. They carry ids, versions and names of fields, never a person's data."""

from google.protobuf.message import Message
from polku.profiles.v1 import profile_events_pb2 as pb

from services.profiles.domain.consents import ConsentEvent, VacancyConsentAnswered, VacancyConsentAsked
from services.profiles.domain.erasure import ProfileErased
from services.profiles.domain.overrides import ProfileAccessOverridden
from services.profiles.domain.profile import Event, ProfileAssigned, ProfileCreated, ProfileUpdated
from shared.kernel.events import EventRecord
from shared.kernel.ids import new_id
from shared.kernel.names import resource_name

_VERBS: dict[type[Event | ProfileErased], str] = {
    ProfileCreated: "created",
    ProfileUpdated: "updated",
    ProfileAssigned: "assigned",
    ProfileErased: "erased",
}


def event_to_record(event: Event | ProfileErased | ConsentEvent | ProfileAccessOverridden) -> EventRecord:
    """The event with a fresh id and its subject, such as "polku.profiles.profile.created.v1.<id>"."""
    if isinstance(event, VacancyConsentAnswered | VacancyConsentAsked):
        return _of_consent(event)
    if isinstance(event, ProfileAccessOverridden):
        return _of_override(event)
    message = _message(event)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"polku.profiles.profile.{_VERBS[type(event)]}.v1.{event.profile_id}",
        aggregate_id=event.profile_id,
        aggregate_version=event.version,
        occurred_at=event.occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _of_consent(event: ConsentEvent) -> EventRecord:
    name, asked = resource_name("vacancyConsents", event.consent_id), isinstance(event, VacancyConsentAsked)
    message = (pb.VacancyConsentAsked if asked else pb.VacancyConsentAnswered)(consent=name, version=event.version)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"polku.profiles.vacancy-consent.{'asked' if asked else 'answered'}.v1.{event.consent_id}",
        aggregate_id=event.consent_id,
        aggregate_version=event.version,
        occurred_at=event.occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _of_override(event: ProfileAccessOverridden) -> EventRecord:
    name = resource_name("accessOverrides", event.override_id)
    message = pb.ProfileAccessOverridden(override=name, version=event.version)
    return EventRecord(
        id=new_id(),
        type=message.DESCRIPTOR.full_name,
        subject=f"polku.profiles.profile.access-overridden.v1.{event.override_id}",
        aggregate_id=event.override_id,
        aggregate_version=event.version,
        occurred_at=event.occurred_at,
        payload=message.SerializeToString(deterministic=True),
    )


def _message(event: Event | ProfileErased) -> Message:
    name = resource_name("profiles", event.profile_id)
    match event:
        case ProfileCreated():
            return pb.ProfileCreated(profile=name, version=event.version)
        case ProfileUpdated():
            return pb.ProfileUpdated(profile=name, version=event.version, changed_paths=event.changed_paths)
        case ProfileErased():
            return pb.ProfileErased(profile=name, version=event.version)
        case ProfileAssigned():
            return pb.ProfileAssigned(profile=name, version=event.version)
