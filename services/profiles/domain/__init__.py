"""What a profile is, how it changes, what it must hold true, and who may do what with it. Pure."""
