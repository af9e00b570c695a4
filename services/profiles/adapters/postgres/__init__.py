"""Storage in PostgreSQL."""

from services.profiles.adapters.postgres.unit_of_work import PostgresUnitOfWork

__all__ = ["PostgresUnitOfWork"]
