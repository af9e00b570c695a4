"""The use cases of the profiles service: each loads, decides, saves and commits, once."""
