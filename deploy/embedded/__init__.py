"""Polku's whole stack on one Linux machine, without Docker and without root.

`EmbeddedStack` (stack.py) is the way in: it starts PostgreSQL, NATS, the migrations, the services and the
gateway under one supervisor and stops them in reverse order.
"""
