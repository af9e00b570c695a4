"""The people for whom lists are made: everyday limits, so that about one opening in ten fits."""

from typing import Any

from google.protobuf.json_format import ParseDict
from polku.profiles.v1 import profile_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as service_pb

from services.matching.adapters.wire.profile import profile_from_wire
from services.matching.domain.snapshots import ProfileSnapshot
from shared.vocabulary import Vocabulary

_WANTED = ("cook", "cleaner", "nurse", "driver", "warehouse", "sales", "electrician", "kitchen")
_HOMES = ("049", "091", "092", "091")
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
_ACTIVITIES = ("listening", "reading", "speaking", "writing")


def wishes(vocabulary: Vocabulary, number: int) -> list[str]:
    """URIs of the occupations that so many people look for."""
    known = vocabulary.tables.occupations.values()
    found = [each.uri for word in _WANTED for each in known if word in each.labels["en"]]
    return [found[place % len(found)] for place in range(number)]


def work_profile(wish: str, number: int, vocabulary: Vocabulary) -> pb.WorkProfile:
    """What person `number` has told: B1 Finnish, a home, daytime hours, an hour's way."""
    days = [{"weekday": f"WEEKDAY_{day}", "start": "07:00", "end": "18:00"} for day in _DAYS]
    told: dict[str, Any] = {
        "experiences": [{"occupation": {"uri": wish}, "months": 12 + 7 * number}],
        "skills": [{"skill": {"uri": uri}} for uri in vocabulary.essential_skills(wish)[:5]],
        "languages": [_language("fi", "B2"), _language("uk", "NATIVE"), _language("en", "A2")],
        "licences": [{"code": "hygiene-passport", "held": "VALUE_YES"}],
        "right_to_work": {"status": "STATUS_UNLIMITED"},
        "limits": {
            "min_hours_per_week": 20,
            "max_hours_per_week": 38,
            "windows": days,
            "nights": "VALUE_NO",
            "home": {"municipality": _HOMES[number % len(_HOMES)]},
            "travel_modes": ["TRAVEL_MODE_PUBLIC_TRANSPORT"],
            "max_travel_minutes": 60,
        },
        "goals": {"occupations": [{"uri": wish}], "text": f"Haluan tehdä tätä työtä, {number}"},
    }
    return ParseDict(told, pb.WorkProfile())


def snapshot_of(work: pb.WorkProfile, profile_id: str) -> ProfileSnapshot:
    """The same as matching reads it."""
    return profile_from_wire(service_pb.GetMatchingProfileResponse(name=f"profiles/{profile_id}", version=1, work=work))


def _language(code: str, level: str) -> dict[str, Any]:
    return {"language": code, "levels": dict.fromkeys(_ACTIVITIES, f"LEVEL_{level}")}
