"""The outside: gRPC, PostgreSQL, the vocabulary, the HTML cleaner, the clock."""
