"""Storage in PostgreSQL."""

from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork

__all__ = ["PostgresUnitOfWork"]
