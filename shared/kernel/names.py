"""Resource names on the wire: "profiles/<id>". Inside, only the bare id is used."""

from shared.kernel.errors import FieldViolation, InvalidArgument
from shared.kernel.ids import is_id


def resource_name(collection: str, resource_id: str) -> str:
    """Return the wire name, for example `resource_name("profiles", id)` → "profiles/<id>"."""
    return f"{collection}/{resource_id}"


def parse_name(collection: str, name: str, field: str = "name") -> str:
    """Return the bare id of a wire name. Raises InvalidArgument NAME_INVALID, with `field` as the violated field."""
    prefix, _, resource_id = name.partition("/")
    if prefix == collection and is_id(resource_id):
        return resource_id
    rule = f"Give a name of the form {collection}/<id>, where <id> is a lower-case UUID version 7."
    violation = FieldViolation(field=field, reason="NAME_INVALID", description=rule)
    raise InvalidArgument("NAME_INVALID", f"{field} is not a name in {collection}. {rule}", violations=(violation,))
