"""The policy table beside the protos of all services: nothing that can be called, and no field, is left out."""

import itertools
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from polku.profiles.v1 import profile_pb2

from services.profiles.domain.policy import ABOUT_NOBODY, KIND_OF_PATH, POLICY, Action, Data, Relation, allows, cut
from services.profiles.domain.policy.page import page
from services.profiles.domain.profile import Profile, ProfileContent
from services.profiles.domain.values import Purpose
from services.profiles.domain.work import WorkProfile
from shared.kernel.principal import Role
from tests.builders.profiles import NOW, a_full_content
from tests.builders.protos import methods

ROOT = Path(__file__).parents[3]
FIELDS_OF_THE_SERVICE = {"name", "etag", "version", "create_time", "update_time"}
"""Fields of a profile that belong to no kind of data."""


METHODS = dict(methods())
ACTIONS = {action.value: action for action in Action}


def test_every_method_is_in_the_table() -> None:
    """A method of any service is an action with rows, or stands among those about nobody; and not in both."""
    with_rows = {key[3].value for key in POLICY}

    assert with_rows == set(ACTIONS)
    assert with_rows | set(ABOUT_NOBODY) == set(METHODS)
    assert not with_rows & set(ABOUT_NOBODY)


def messages(message: Descriptor) -> Iterator[Descriptor]:
    """A message and all that it can hold."""
    found, left = {message.full_name: message}, [message]
    while left:
        for field in left.pop().fields:
            if field.message_type is not None and field.message_type.full_name not in found:
                found[field.message_type.full_name] = field.message_type
                left.append(field.message_type)
    yield from found.values()


@pytest.mark.parametrize("method", sorted(ABOUT_NOBODY))
def test_methods_about_nobody_name_nobody(method: str) -> None:
    """Requests and answers hold no profile, but where the caller's own is made or found, or the table asked."""
    descriptor = METHODS[method]
    named = {
        f"{message.full_name}.{field.name}"
        for side in (descriptor.input_type, descriptor.output_type)
        for message in messages(side)
        for field in message.fields
        if field.name in {"profile", "profiles"}
    }

    known = {
        "polku.profiles.v1.ProfileService/CreateProfile": {
            "polku.profiles.v1.CreateProfileRequest.profile",
            "polku.profiles.v1.CreateProfileResponse.profile",
        },
        "polku.profiles.v1.ProfileService/FindOwnProfile": {"polku.profiles.v1.FindOwnProfileResponse.profile"},
        "polku.profiles.v1.AccessService/AuthorizeAccess": {"polku.profiles.v1.AuthorizeAccessRequest.profile"},
        # Of those who have said yes to this vacancy, who are on record as shown.
        "polku.matching.v1.CandidateService/ListCandidates": {"polku.matching.v1.Candidate.profile"},
    }
    assert named == known.get(method, set())


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_is_decided_for_every_role_and_relation(method: str) -> None:
    """Whatever the role, the relation and the purpose, the table says yes or no, and no to most."""
    yes = {
        (role, relation, purpose)
        for role, relation, purpose in itertools.product(Role, Relation, Purpose)
        if method in ACTIONS and allows(role, relation, ACTIONS[method], purpose)
    }

    assert (method in ACTIONS) == bool(yes)
    assert {(role, relation) for role, relation, _ in yes} <= {key[:2] for key in POLICY}
    assert all(purpose is not Purpose.STATISTICS for _, _, purpose in yes)


def test_every_field_of_a_profile_has_a_kind() -> None:
    """Each field of the messages Profile and WorkProfile, and no other, is of a kind of data, or of the service."""
    own = {field.name for field in profile_pb2.Profile.DESCRIPTOR.fields} - FIELDS_OF_THE_SERVICE - {"work"}
    work = {f"work.{field.name}" for field in profile_pb2.WorkProfile.DESCRIPTOR.fields}

    assert set(KIND_OF_PATH) == own | work


def marked(value: Any, path: str = "") -> dict[str, Any]:
    """The values at the paths that have a kind."""
    found: dict[str, Any] = {}
    for field in fields(value):
        name = f"{path}{field.name}"
        inner = getattr(value, field.name)
        if name in KIND_OF_PATH:
            found[name] = inner
        elif is_dataclass(inner):
            found |= marked(inner, f"{name}.")
    return found


@pytest.mark.parametrize("kind", sorted(set(KIND_OF_PATH.values())))
def test_an_answer_is_cut_to_the_allowed_kinds(kind: Data) -> None:
    """Of a profile in which everything is filled, only the fields of the allowed kind are left, unchanged."""
    full = a_full_content()
    whole = Profile("id-1", 1, "seeker-1", full, NOW, NOW)

    left = marked(cut(whole, (kind,)).content)

    blank = marked(ProfileContent())
    for path, value in marked(full).items():
        assert value != blank[path], f"{path} is not filled"
        assert left[path] == (value if KIND_OF_PATH[path] is kind else blank[path])
    assert cut(whole, ()).content == ProfileContent(work=WorkProfile())
    assert cut(whole, list(Data)) == whole


def test_the_page_is_that_of_the_table() -> None:
    """docs/policy.md is what the table says."""
    assert (ROOT / "docs" / "policy.md").read_text(encoding="utf-8") == page()
