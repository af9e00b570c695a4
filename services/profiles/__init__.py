"""Keeps the profiles of persons, decides who may read them, and keeps the record of who did."""
