"""Mechanisms around a service: settings, logs, storage, messages, calls, identity and its life cycle."""
