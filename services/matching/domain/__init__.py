"""How a person and an opening are compared: facts, rules, parts of a score, reasons. Pure: no I/O, no clock."""
