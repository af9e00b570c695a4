"""The use cases of the openings service: each loads, decides, saves and commits, once."""
