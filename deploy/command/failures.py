"""How the command fails: one sentence for a person, and an exit status for a script."""


class CommandError(Exception):
    """Something that the user can mend. The text says what, why and what to do."""
