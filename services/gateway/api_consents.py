"""The API of a person's yes to a vacancy: only then are they shown there."""

from polku.profiles.v1 import consent_service_pb2 as pb

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall, path_differs, refuse_given
from services.gateway.operations import PAGE, PURPOSE, Access, Answer, Operation

CONSENT = {
    "name": "vacancyConsents/019a4c25-7a1b-7c2d-8e3f-4a5b6c7d8e9f",
    "profile": examples.PROFILE_NAME,
    "opening": examples.OPENING_NAME,
    "version": "1",
    "state": "STATE_GIVEN",
    "createTime": "2026-11-02T07:15:00Z",
    "updateTime": "2026-11-02T07:15:00Z",
    "answeredBy": "KIND_SELF",
}


async def _set(call: ApiCall) -> Answer:
    profile, opening = call.name("profiles", "profile"), call.name("openings", "opening")
    consent = wire.to_message(await call.json(), pb.VacancyConsent)
    refuse_given(consent, "name", "version", "create_time", "update_time", "answered_by")
    if consent.profile not in ("", profile) or consent.opening not in ("", opening):
        raise path_differs("opening", "differs from the path: leave profile and opening out of the body.")
    request = pb.SetVacancyConsentRequest(
        profile=profile,
        opening=opening,
        state=consent.state,
        purpose=call.purpose(own="KIND_OWN_DATA"),
        request_id=call.request_id,
    )
    answer = await call.invoke(call.backends.consents.SetVacancyConsent, request)
    return Answer(answer.consent)


async def _list(call: ApiCall) -> Answer:
    request = pb.ListVacancyConsentsRequest(
        profile=call.name("profiles", "profile"), purpose=call.purpose(own="KIND_OWN_DATA"), **call.page
    )
    return Answer(await call.invoke(call.backends.consents.ListVacancyConsents, request))


OPERATIONS = (
    Operation(
        id="setVacancyConsent",
        method="PUT",
        path="/v1/profiles/{profile}/vacancy-consents/{opening}",
        tag="Profiles",
        summary="Say yes to a vacancy, or take the yes back",
        access=Access.TOKEN,
        handle=_set,
        body=pb.VacancyConsent,
        query=(PURPOSE,),
        answer=pb.VacancyConsent,
        answer_text="The answer as stored.",
        repeatable=True,
        example={"state": "STATE_GIVEN"},
        answer_example=CONSENT,
    ),
    Operation(
        id="listVacancyConsents",
        method="GET",
        path="/v1/profiles/{profile}/vacancy-consents",
        tag="Profiles",
        summary="To which vacancies a person has said yes, or has taken it back",
        access=Access.TOKEN,
        handle=_list,
        query=(*PAGE, PURPOSE),
        answer=pb.ListVacancyConsentsResponse,
        answer_text="One page, last changed first.",
        answer_example={"consents": [CONSENT]},
    ),
)
