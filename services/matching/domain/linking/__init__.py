"""Linking: what people and publishers write becomes concepts of the vocabulary.

Snapshots become signals by words alone (`snapshot_reading`), at ingest and without a model. Titles and texts become
ranked concepts by look-up, n-grams and vectors together (`fusion`, `ranking`), where the model is.
"""

from services.matching.domain.linking.snapshot_reading import link_opening, link_profile, vocabulary_version

__all__ = ["link_opening", "link_profile", "vocabulary_version"]
