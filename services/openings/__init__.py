"""Keeps what partners publish, opens and closes it on time, and tells the other services by events."""
