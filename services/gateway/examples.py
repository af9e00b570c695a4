"""The examples of the OpenAPI document. A test reads each of them back into its message."""

from typing import Any

PROFILE_NAME = "profiles/019a4c1e-7d52-7c31-9a64-2f8e5b6d1c07"
OPENING_NAME = "openings/019a4c20-11b4-7f0e-8d3a-6c5b4a392817"
TRAINING_NAME = "openings/019a4c21-5a6b-7e1d-9c2f-0d4e8f7a6b51"
DECISION_NAME = "decisions/019a4c22-9f00-7a2b-8c4d-1e6f7a8b9c0d"
_TIME = "2026-11-02T07:15:00Z"

VACANCY: dict[str, Any] = {
    "titles": [{"language": "fi", "text": "Kotihoidon hoiva-avustaja"}],
    "descriptions": [{"language": "fi", "text": "Autat ikäihmisiä heidän kotonaan arjen askareissa."}],
    "places": [{"municipality": "049", "district": "Leppävaara"}],
    "closingDate": "2026-12-15",
    "url": "https://jobs.example/4711",
    "vacancy": {
        "employer": {"name": "Esimerkkihoiva Oy"},
        "occupation": {"text": "hoiva-avustaja", "language": "fi"},
        "iscoCode": "5322",
        "languageDemand": {
            "statement": "STATEMENT_LISTED",
            "languages": [
                {
                    "language": "fi",
                    "levels": {"speaking": "LEVEL_B1", "listening": "LEVEL_B1"},
                    "necessity": "KIND_REQUIRED",
                    "basis": "KIND_STATED",
                }
            ],
        },
        "licences": [{"code": "hygiene-passport", "necessity": "KIND_REQUIRED"}],
        "contract": "CONTRACT_PERMANENT",
        "minHoursPerWeek": 30,
        "maxHoursPerWeek": 38.25,
        "shifts": ["SHIFT_DAY", "SHIFT_EVENING"],
        "pay": {"minimum": 2100, "maximum": 2400, "unit": "UNIT_MONTH"},
        "positions": 2,
    },
}

TRAINING: dict[str, Any] = {
    "titles": [{"language": "fi", "text": "Hygieniapassikoulutus selkosuomeksi"}],
    "places": [{"municipality": "049", "district": "Matinkylä"}],
    "training": {
        "provider": "Esimerkkiopisto",
        "kind": "KIND_SHORT_COURSE",
        "givesLicences": ["hygiene-passport"],
        "languageDemand": {
            "statement": "STATEMENT_LISTED",
            "languages": [{"language": "fi", "levels": {"listening": "LEVEL_A2"}}],
        },
        "instances": [
            {"id": "2026-12", "startDate": "2026-12-01", "endDate": "2026-12-01", "seats": 20, "seatsLeft": 6}
        ],
        "cost": 0,
    },
}

SERVICE: dict[str, Any] = {
    "titles": [{"language": "en", "text": "Job seekers' advice without an appointment"}],
    "places": [{"municipality": "049", "district": "Iso Omena"}],
    "service": {
        "provider": "Example City",
        "themes": ["THEME_EMPLOYMENT"],
        "participation": "PARTICIPATION_VOLUNTARY",
        "openingHours": [{"weekday": "WEEKDAY_MONDAY", "start": "09:00", "end": "16:00"}],
    },
}

PROFILE: dict[str, Any] = {
    "caseReference": "K-1042",
    "preferredLanguage": "uk",
    "work": {
        "summaries": [{"language": "uk", "text": "Я працювала доглядальницею літніх людей п'ять років."}],
        "experiences": [{"occupation": {"text": "доглядальниця", "language": "uk"}, "months": 60, "country": "UA"}],
        "languages": [
            {"language": "uk", "levels": {"speaking": "LEVEL_NATIVE"}},
            {
                "language": "fi",
                "levels": {"listening": "LEVEL_B1", "reading": "LEVEL_A2", "speaking": "LEVEL_B1"},
                "provenance": {"source": "SOURCE_CERTIFICATE", "date": "2026-05-20"},
            },
        ],
        "rightToWork": {"status": "STATUS_UNLIMITED"},
        "limits": {"home": {"municipality": "049"}, "maxTravelMinutes": 45, "nights": "VALUE_NO"},
        "goals": {"text": "Хочу доглядати за літніми людьми."},
    },
    "choices": {"matching": "VALUE_YES"},
}

STORED_PROFILE: dict[str, Any] = {
    "name": PROFILE_NAME,
    "etag": '"3"',
    "version": "3",
    "createTime": _TIME,
    "updateTime": _TIME,
    **PROFILE,
}

VERSIONS: dict[str, Any] = {"weights": "1", "rules": "1", "indexGeneration": "12", "profileVersion": "3"}

_SUMMARY: dict[str, Any] = {
    "name": OPENING_NAME,
    "version": "1",
    "kind": "VALUE_VACANCY",
    "title": "Kotihoidon hoiva-avustaja",
    "titleLanguage": "fi",
    "organisation": "Esimerkkihoiva Oy",
    "place": "Leppävaara, Espoo",
    "closingDate": "2026-12-15",
    "url": "https://jobs.example/4711",
}

_MET: dict[str, Any] = {
    "rule": "language.speaking",
    "subject": "fi",
    "outcome": "OUTCOME_MET",
    "necessity": "KIND_REQUIRED",
    "required": "B1",
    "actual": "B1",
    "source": "certificate",
    "date": "2026-05-20",
    "basis": "KIND_STATED",
    "text": "Asked: Finnish, speaking B1. You have B1.",
}

_NOT_MET: dict[str, Any] = {
    "rule": "licence",
    "subject": "hygiene-passport",
    "outcome": "OUTCOME_NOT_MET",
    "necessity": "KIND_REQUIRED",
    "required": "hygiene-passport",
    "text": "Asked: hygiene passport. You do not have it yet.",
}

MATCH: dict[str, Any] = {
    "opening": _SUMMARY,
    "rank": 1,
    "total": 0.75,
    "parts": [{"part": "occupation", "value": 1.0, "weight": 0.25, "contribution": 0.25, "known": True}],
    "verdicts": [_MET],
    "explanation": {
        "language": "en",
        "reasons": [
            {"code": "occupation.same", "origin": "occupation", "text": "You have worked as a care assistant."}
        ],
    },
}

MATCHES: dict[str, Any] = {
    "matches": [MATCH],
    "decision": DECISION_NAME,
    "eligibleCount": 14,
    "excludedCount": 31,
    "order": "ORDER_BEST_FIRST",
    "versions": VERSIONS,
}

EXCLUSIONS: dict[str, Any] = {
    "exclusions": [{"opening": _SUMMARY, "verdicts": [_NOT_MET], "text": _NOT_MET["text"]}],
    "excludedByRule": {"licence": 9, "language.speaking": 22},
    "excludedCount": 31,
}

NEXT_STEPS: dict[str, Any] = {
    "steps": [
        {
            "rule": "licence",
            "subject": "hygiene-passport",
            "required": "hygiene-passport",
            "openingsOpened": 9,
            "openings": [OPENING_NAME],
            "ways": [
                {
                    "name": TRAINING_NAME,
                    "kind": "VALUE_TRAINING",
                    "title": "Hygieniapassikoulutus selkosuomeksi",
                    "titleLanguage": "fi",
                }
            ],
            "text": "With a hygiene passport, 9 more openings would fit you.",
        }
    ]
}

QUESTION: dict[str, Any] = {
    "question": {
        "field": "work.licences",
        "subject": "driving-licence-b",
        "openingsUndecided": 6,
        "text": "Do you have a driving licence, class B?",
    }
}

DECISION: dict[str, Any] = {
    "name": DECISION_NAME,
    "createTime": _TIME,
    "profile": PROFILE_NAME,
    "versions": VERSIONS,
    "matches": [MATCH],
    "excludedByRule": {"licence": 9, "language.speaking": 22},
    "eligibleCount": 14,
}

ACCESSES: dict[str, Any] = {
    "accesses": [
        {
            "time": _TIME,
            "purpose": "KIND_JOB_MATCHING",
            "role": "counsellor",
            "unit": "leppavaara",
            "relation": "KIND_ASSIGNED_COUNSELLOR",
            "method": "polku.matching.v1.MatchingService/ListMatches",
        }
    ]
}

CASELOAD: dict[str, Any] = {
    "entries": [{"profile": PROFILE_NAME, "caseReference": "K-1042", "preferredLanguage": "uk", "beginTime": _TIME}]
}


def stored(opening: dict[str, Any]) -> dict[str, Any]:
    """An opening as the service gives it back."""
    given = {"name": OPENING_NAME, "publisher": "kielo-jobs", "externalId": "4711", "etag": '"1"', "version": "1"}
    return {**given, "state": "STATE_PUBLISHED", "createTime": _TIME, "updateTime": _TIME, **opening}


def published(opening: dict[str, Any]) -> dict[str, Any]:
    """The answer to publishing an opening for the first time."""
    return {"opening": stored(opening), "outcome": "OUTCOME_CREATED"}
