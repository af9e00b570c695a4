"""Storage in PostgreSQL."""

from services.openings.adapters.postgres.unit_of_work import PostgresUnitOfWork

__all__ = ["PostgresUnitOfWork"]
