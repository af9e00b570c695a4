"""The tuned weights that Polku ships (MODEL_CARD.md) and how they are read: as differences to a published model."""

from pathlib import Path

LINKING = Path(__file__).parent / "polku-linking-2.safetensors"
"""Differences to multilingual-e5-small that serve titles, skills, sentences and adverts."""
