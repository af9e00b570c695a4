"""Wire types to domain types and back. Messages that come in have passed their producer's rules before."""
