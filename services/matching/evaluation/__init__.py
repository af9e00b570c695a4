"""How good linking is: the project's own linking on labelled folders and built-in tasks, beside the baselines."""
