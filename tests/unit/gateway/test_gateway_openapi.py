"""The OpenAPI document and the routes come from one table, and say the same."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway import wire
from services.gateway.api import OPERATIONS, Api
from services.gateway.json_schema import Schemas, read_comments
from services.gateway.openapi import document
from services.gateway.operations import Access, Operation

DOCUMENT = document(OPERATIONS)
TYPES = {"object", "array", "string", "integer", "number", "boolean"}
BODIES = [operation for operation in OPERATIONS if operation.body is not None]
ANSWERED = [operation for operation in OPERATIONS if operation.answer_example is not None]


def named(operation: Operation) -> str:
    """A test's name."""
    return operation.id


def described() -> set[tuple[str, str]]:
    """Method and path of everything in the document."""
    return {(method.upper(), path) for path, entry in DOCUMENT["paths"].items() for method in entry}


def test_every_route_is_in_the_document_and_the_other_way_round() -> None:
    """No undocumented route, and nothing documented that is not there."""
    api = Api(backends=None, verifier=None)  # type: ignore[arg-type]  # routes are made without calling anything
    routed = {
        (method, route.path.replace(":path}", "}"))
        for route in api.routes()
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routed == described()


def test_what_the_design_asks_for_is_there() -> None:
    """Publishing; openings; profiles; matches, what explains and changes them, what people say; runs; publishers."""
    wanted = {
        *(
            (method, f"/v1/publishers/{{publisher}}/{kind}/{{external_id}}{verb}")
            for kind in ("vacancies", "trainings", "services")
            for method, verb in (("PUT", ""), ("DELETE", ""), ("POST", ":withdraw"))
        ),
        ("GET", "/v1/openings"),
        ("GET", "/v1/openings/{opening}"),
        ("POST", "/v1/profiles"),
        ("GET", "/v1/profiles/{profile}"),
        ("PATCH", "/v1/profiles/{profile}"),
        ("POST", "/v1/profiles/{profile}:assign"),
        ("GET", "/v1/profiles/{profile}/access-log"),
        ("GET", "/v1/profiles/{profile}/identity"),
        ("PATCH", "/v1/profiles/{profile}/identity"),
        ("GET", "/v1/profiles/{profile}/changes"),
        ("POST", "/v1/profiles/{profile}:erase"),
        ("POST", "/v1/profiles/{profile}:export"),
        ("POST", "/v1/people:find"),
        ("GET", "/v1/access-log"),
        ("GET", "/v1/access-log/heads"),
        ("GET", "/v1/caseload"),
        ("POST", "/v1/caseload:handover"),
        ("GET", "/v1/profiles/{profile}/assignments"),
        ("POST", "/v1/profiles/{profile}:break-glass"),
        ("GET", "/v1/profiles/{profile}/overrides"),
        ("GET", "/v1/overrides"),
        ("POST", "/v1/profiles/{profile}/suggestions"),
        ("GET", "/v1/profiles/{profile}/suggestions"),
        ("POST", "/v1/profiles/{profile}/suggestions:resolve"),
        ("GET", "/v1/profiles/{profile}/matches"),
        ("GET", "/v1/profiles/{profile}/matches/{opening}"),
        ("GET", "/v1/profiles/{profile}/excluded"),
        ("GET", "/v1/profiles/{profile}/next-steps"),
        ("GET", "/v1/profiles/{profile}/question"),
        ("GET", "/v1/profiles/{profile}/matches:watch"),
        ("GET", "/v1/profiles/{profile}/prepared-matches"),
        ("GET", "/v1/profiles/{profile}/feedback"),
        ("PUT", "/v1/profiles/{profile}/feedback/{opening}"),
        ("DELETE", "/v1/profiles/{profile}/feedback/{opening}"),
        ("GET", "/v1/profiles/{profile}/contests"),
        ("POST", "/v1/profiles/{profile}/contests"),
        ("POST", "/v1/contests/{contest}:resolve"),
        ("GET", "/v1/profiles/{profile}/vacancy-consents"),
        ("PUT", "/v1/profiles/{profile}/vacancy-consents/{opening}"),
        ("GET", "/v1/decisions/{decision}"),
        ("GET", "/v1/decisions/{decision}:replay"),
        ("GET", "/v1/openings/{opening}/candidates"),
        ("POST", "/v1/openings/{opening}/candidates/{handle}:ask"),
        ("POST", "/v1/texts:check"),
        ("POST", "/v1/bulkRuns"),
        ("GET", "/v1/bulkRuns/{run}"),
        ("POST", "/v1/publishers"),
        ("POST", "/v1/publishers/{publisher}/keys"),
        ("DELETE", "/v1/publishers/{publisher}/keys/{kid}"),
    }
    assert wanted == described()


def test_every_call_about_a_person_needs_a_token() -> None:
    """Only openings may be read without credentials."""
    open_to_all = {operation.id for operation in OPERATIONS if operation.access is Access.ANYONE}
    assert open_to_all == {"listOpenings", "getOpening"}
    for operation in OPERATIONS:
        security = DOCUMENT["paths"][operation.path][operation.method.lower()]["security"]
        assert ({} in security) == (operation.access is Access.ANYONE)


def test_the_document_has_the_shape_of_openapi_3_1() -> None:
    """Version, info, ids that are unique, a description for every answer, a parameter for every part of a path."""
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    ids = [operation["operationId"] for entry in DOCUMENT["paths"].values() for operation in entry.values()]
    assert len(ids) == len(set(ids))
    for path, entry in DOCUMENT["paths"].items():
        for operation in entry.values():
            assert operation["summary"]
            assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
            assert all(answer["description"] for answer in operation["responses"].values())
            parameters = operation["parameters"]
            inside = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path))
            assert all(parameter["required"] for parameter in parameters if parameter["in"] == "path")
            assert all(parameter["description"] for parameter in parameters)
            names = [(parameter["in"], parameter["name"]) for parameter in parameters]
            assert len(names) == len(set(names))
            known = DOCUMENT["components"]["securitySchemes"].keys()
            assert all(scheme in known for choice in operation["security"] for scheme in choice)


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from schemas(inner)


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    """$ref targets exist, none is left over, and each schema has a type that JSON Schema knows."""
    targets = {found["$ref"] for found in schemas(DOCUMENT) if "$ref" in found}
    components = DOCUMENT["components"]["schemas"]
    assert targets == {f"#/components/schemas/{name}" for name in components}
    for schema in components.values():
        assert schema["type"] in TYPES
        for found in schemas(schema.get("properties", {})):
            assert not isinstance(found.get("type"), str) or found["type"] in TYPES


def test_patterns_can_be_compiled() -> None:
    """Each pattern is a regular expression."""
    patterns = [found["pattern"] for found in schemas(DOCUMENT) if isinstance(found.get("pattern"), str)]
    assert patterns
    for pattern in patterns:
        re.compile(pattern)


@pytest.mark.parametrize("operation", BODIES, ids=named)
def test_every_body_has_an_example_that_is_accepted(operation: Operation) -> None:
    """The example of a body is read into its message without a fault."""
    assert operation.body is not None
    assert operation.example is not None
    assert wire.to_message(dict(operation.example), operation.body).ByteSize() > 0


@pytest.mark.parametrize("operation", ANSWERED, ids=named)
def test_every_example_of_an_answer_is_what_could_be_answered(operation: Operation) -> None:
    """The example of an answer is exactly what its message looks like as JSON."""
    example = dict(operation.answer_example or {})
    assert wire.to_json(wire.to_message(example, operation.answer)) == example


def test_a_stream_is_described_as_text_that_holds_json() -> None:
    """The data of an event has the schema of the message; the example is an event as it is written."""
    answer = DOCUMENT["paths"]["/v1/profiles/{profile}/matches:watch"]["get"]["responses"]["200"]
    content = answer["content"]["text/event-stream"]
    assert content["schema"]["contentSchema"]["$ref"].endswith("WatchMatchesResponse")
    assert content["example"].startswith("id: ")
    assert content["example"].endswith("\n\n")


def test_most_operations_show_what_they_answer() -> None:
    """Only withdrawing and ending things go without an example."""
    without = {operation.id for operation in OPERATIONS if operation.answer_example is None}
    assert all(name.startswith(("withdraw", "delete", "revoke")) for name in without)


def test_messages_are_described_as_the_json_mapping_has_them() -> None:
    """Names are camelCase, 64-bit numbers are text, times are date-time, enums list their names, limits are there."""
    opening = DOCUMENT["components"]["schemas"]["polku.openings.v1.Opening"]
    assert opening["additionalProperties"] is False
    properties = opening["properties"]
    assert properties["version"]["type"] == "string"
    assert properties["createTime"]["format"] == "date-time"
    assert properties["titles"]["minItems"] == 1
    assert properties["vacancy"]["$ref"] == "#/components/schemas/polku.openings.v1.Vacancy"
    states = DOCUMENT["components"]["schemas"]["polku.openings.v1.Opening.State"]
    assert "STATE_WITHDRAWN" in states["enum"]
    exclusions = DOCUMENT["components"]["schemas"]["polku.matching.v1.ListExclusionsResponse"]["properties"]
    assert exclusions["excludedByRule"]["additionalProperties"]["type"] == "integer"


def test_the_comments_of_the_protos_are_the_descriptions() -> None:
    """Every message and field is described in the words of the protos."""
    components = DOCUMENT["components"]["schemas"]
    assert components["polku.openings.v1.Opening"]["description"].startswith("Something on offer")
    for name, schema in components.items():
        if name.startswith("polku."):
            assert schema["description"], name
            assert all(entry["description"] for entry in schema.get("properties", {}).values()), name


def test_without_the_compiled_image_the_document_only_loses_its_words(tmp_path: Any) -> None:
    """The schemas need the generated code alone."""
    assert read_comments(tmp_path / "none.binpb") == {}
    bare, full = Schemas({}), Schemas(read_comments())
    for operation in OPERATIONS:
        assert bare.of(operation.answer) == full.of(operation.answer)
    assert bare.components.keys() == full.components.keys()
