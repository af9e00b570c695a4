"""Putting changes of a profile on record."""

from datetime import datetime

from services.profiles.application.ports import UnitOfWork
from services.profiles.domain.changes import Author, Changed, Origin, Part
from services.profiles.domain.masks import changed_paths
from services.profiles.domain.profile import Profile, ProfileContent


async def record_change(
    before: Profile | None,
    after: Profile,
    by: Author,
    uow: UnitOfWork,
    now: datetime,
    *,
    origin: Origin = Origin.ENTERED,
) -> None:
    """Keep, for each field that differs, who changed it; `before` None is a profile that is being created."""
    old = before.content if before is not None else ProfileContent()
    paths = changed_paths(old, after.content)
    if paths:
        changed = Changed(after.id, Part.PROFILE, after.version, now, by, origin, old, after.content, paths)
        await uow.changes.append(changed)
