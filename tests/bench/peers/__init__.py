"""Other systems doing the same search. Each module runs in an environment of its own and imports none of Polku."""
