"""The API of a person's answers to vacancies, and of the requests for one: only with a yes are they shown there."""

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
REQUEST = {
    "name": "vacancyConsents/019a4c25-8b2c-7d3e-9f40-5b6c7d8e9fa0",
    "profile": examples.PROFILE_NAME,
    "opening": "openings/019a4c20-22c5-7a1f-9e4b-7d6c5b4a3928",
    "version": "1",
    "state": "STATE_ASKED",
    "createTime": "2026-11-02T08:30:00Z",
    "updateTime": "2026-11-02T08:30:00Z",
    "askedBy": {"role": "publisher", "organisation": "kielo-jobs"},
    "askTime": "2026-11-02T08:30:00Z",
    "answerByTime": "2026-11-09T08:30:00Z",
}
_OF_THE_SERVICE = (
    "name",
    "version",
    "create_time",
    "update_time",
    "answered_by",
    "asked_by",
    "ask_time",
    "answer_by_time",
)


async def _set(call: ApiCall) -> Answer:
    profile, opening = call.name("profiles", "profile"), call.name("openings", "opening")
    consent = wire.to_message(await call.json(), pb.VacancyConsent)
    refuse_given(consent, *_OF_THE_SERVICE)
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
        summary="Say yes to a vacancy, decline a request of one, or take a yes back",
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
        summary="What a person has answered to vacancies, and which requests wait for an answer",
        access=Access.TOKEN,
        handle=_list,
        query=(*PAGE, PURPOSE),
        answer=pb.ListVacancyConsentsResponse,
        answer_text="One page, last changed first.",
        answer_example={"consents": [REQUEST, CONSENT]},
    ),
)
