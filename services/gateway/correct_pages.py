"""The page on which one field of the profile is filled in or put right."""

import re

from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1.profile_pb2 import Profile
from polku.profiles.v1.profile_service_pb2 import GetProfileRequest, UpdateProfileRequest
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import RedirectResponse, Response

from services.gateway.correction_fields import ACTIVITIES, DAYS, LEVELS, MODES, STATUSES, Form, several_a_day
from services.gateway.corrections import FIELDS, Correction, provenance
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.words import Words
from shared.kernel.errors import InvalidArgument, NotFound
from shared.kernel.ids import new_id


class CorrectPages:
    """The form, and its target."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def form(self, visit: Visit, person: Person) -> Response:
        """Ask for the field that the address names, with what is known of it now."""
        query = visit.request.query_params
        field, subject = query.get("field", ""), query.get("subject", "")
        correction = _correction(field, subject)
        profile = await self._profile(visit, person)
        if correction.control == "windows" and several_a_day(profile):
            return self._pages.render(visit, "correct_together.html", person=person)
        return self._form(visit, person, field, subject, correction.read(profile, subject))

    async def save(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Put the answer into the profile, and show the list that is made with it. A wrong one is asked for again."""
        field, subject = form.get("field", ""), form.get("subject", "")
        correction = _correction(field, subject)
        profile = await self._profile(visit, person)
        try:
            source = provenance(own=person.own, today=self._pages.clock().date())
            correction.apply(profile, subject, form, source)
        except InvalidArgument:
            return self._form(visit, person, field, subject, form, wrong=True)
        request = UpdateProfileRequest(profile=profile, update_mask=FieldMask(paths=[field]), request_id=new_id())
        await self._backends.write(self._backends.profiles.UpdateProfile, request, visit.caller)
        await self._pages.leave_notice(visit, Notice("corrected"))
        return RedirectResponse(f"{person.base}#notice", 303)

    async def _profile(self, visit: Visit, person: Person) -> Profile:
        purpose = Purpose.KIND_OWN_DATA if person.own else Purpose.KIND_JOB_MATCHING
        request = GetProfileRequest(name=person.profile, purpose=purpose)
        answer = await self._backends.call(self._backends.profiles.GetProfile, request, visit.caller)
        profile: Profile = answer.profile
        return profile

    def _form(
        self, visit: Visit, person: Person, field: str, subject: str, given: Form, *, wrong: bool = False
    ) -> Response:
        words = visit.words
        correction = _correction(field, subject)
        return self._pages.render(
            visit,
            "correct.html",
            400 if wrong else 200,
            person=person,
            field=field,
            subject=subject,
            about=_about(correction, subject, words),
            control=correction.control,
            most=correction.most,
            given=given,
            wrong=wrong,
            activities={code: words.text(label) for code, label in ACTIVITIES.items()},
            levels={code: words.level(code) for code in LEVELS},
            statuses={code: words.text(label) for code, label in STATUSES.items()},
            days=dict(zip(DAYS, words.weekdays(), strict=True)),
            modes={code: words.text(label) for code, label in MODES.items()},
        )


def _about(correction: Correction, subject: str, words: Words) -> str:
    label, named = words.text(correction.label), words.subject("", subject) if subject else ""
    return f"{label}: {named}" if named else label


def _correction(field: str, subject: str) -> Correction:
    correction = FIELDS.get(field)
    if correction is None or re.fullmatch(correction.subject, subject) is None:
        raise NotFound("ROUTE_NOT_FOUND", "There is no form for this field.")
    return correction
