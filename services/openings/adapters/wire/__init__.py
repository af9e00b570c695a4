"""Domain types and protos, both directions side by side. Requests have passed the protos' own rules before."""
