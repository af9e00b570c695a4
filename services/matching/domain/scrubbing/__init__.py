"""What a person's own words say about who they are: found, told to the writer, and kept from the model.

    find      patterns (addresses, numbers, dates), labels ("Name: …"), statements ("I am from …"), names
    scrubbed  the texts without it

Six languages of import and Somali, by lists and patterns in data/: see docs/adr/0024-what-the-model-never-reads.md.
"""

from services.matching.domain.scrubbing.kinds import Found, Kind
from services.matching.domain.scrubbing.patterns import IN_OPENINGS
from services.matching.domain.scrubbing.profile import scrubbed_work
from services.matching.domain.scrubbing.scrubber import Scrubber, Text, scrubber

__all__ = ["IN_OPENINGS", "Found", "Kind", "Scrubber", "Text", "scrubbed_work", "scrubber"]
