"""Opening documents of people: plain text here, everything else in a process of its own that can be ended."""

from services.profiles.adapters.documents.opening import DocumentOpener

__all__ = ["DocumentOpener"]
