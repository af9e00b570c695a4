"""Field masks over frozen dataclasses: which paths there are, taking the fields at some of them, naming what differs.

A path names a field ("case_reference") or, through dots, a field of a part ("work.limits.home"). Lists, values and a
part that may be absent (a point) are replaced whole. A mask that names a part also takes what is unknown in it.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from shared.kernel.errors import FieldViolation, InvalidArgument

Part = TypeVar("Part")
_DEEPEST_CHANGE = 3  # "work.limits.home" says enough; more would tell what about the home has changed


def check_mask(paths: Collection[str], blank: object, field: str = "update_mask") -> tuple[str, ...]:
    """Return the paths, sorted and without those that another one covers.

    `blank` is an empty instance of the type that the mask is for. Raises InvalidArgument UPDATE_MASK_EMPTY where there
    is none, UPDATE_MASK_INVALID naming each path that may not be changed.
    """
    if not paths:
        raise _refused(field, "UPDATE_MASK_EMPTY", "Name the fields to change.", 1)
    wrong = sum(not _exists(path.split("."), blank) for path in set(paths))
    if wrong:
        rule = "Name only fields that can be changed, by their proto paths: " + ", ".join(_names(blank)) + "."
        raise _refused(field, "UPDATE_MASK_INVALID", rule, wrong)
    return tuple(path for path in sorted(set(paths)) if not any(path.startswith(f"{other}.") for other in paths))


def apply_mask(current: Part, given: Part, paths: Collection[str]) -> Part:
    """Return `current` with the fields at `paths` taken from `given`; paths as `check_mask` returns them."""
    for path in paths:
        current = _take(current, given, path.split("."))
    return current


def changed_paths(old: object, new: object) -> tuple[str, ...]:
    """Return the sorted paths of the fields that differ, at most three names deep."""
    return tuple(sorted(".".join(path) for path in _differences(old, new, ())))


def _exists(names: list[str], blank: object) -> bool:
    """Walks a blank instance: an absent part is None there, so that it is a leaf."""
    part: Any = blank
    for name in names:
        if not is_dataclass(part) or name not in _names(part):
            return False
        part = getattr(part, name)
    return True


def _take(current: Any, given: Any, names: list[str]) -> Any:
    name, *rest = names
    theirs = getattr(given, name)
    return replace(current, **{name: _take(getattr(current, name), theirs, rest) if rest else theirs})


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if old == new:
        return
    if len(path) == _DEEPEST_CHANGE or not is_dataclass(old):
        yield path
        return
    for name in _names(old):
        yield from _differences(getattr(old, name), getattr(new, name), (*path, name))


def _names(part: Any) -> list[str]:
    return [field.name for field in fields(part)]


def _refused(field: str, reason: str, rule: str, count: int) -> InvalidArgument:
    violation = FieldViolation(field=field, reason=reason, description=rule)
    message = f"{count} path(s) of {field} cannot be changed. {rule}" if reason.endswith("INVALID") else rule
    return InvalidArgument(reason, message, violations=(violation,))
