"""A ring of keys for tests."""

from services.profiles.adapters.sealing import KeyRing

RING = KeyRing("1", {"1": bytes(range(32))}, index=bytes(range(32, 64)))
