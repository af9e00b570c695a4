"""The use cases of the matching service, and the ports through which they reach the outside."""
