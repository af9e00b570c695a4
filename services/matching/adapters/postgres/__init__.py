"""Storage in PostgreSQL."""

from services.matching.adapters.postgres.loading import load_openings, load_vectors
from services.matching.adapters.postgres.unit_of_work import PostgresUnitOfWork

__all__ = ["PostgresUnitOfWork", "load_openings", "load_vectors"]
