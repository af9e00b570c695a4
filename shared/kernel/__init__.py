"""Pure building blocks: errors, ids, names, etags, events, paging, principals. No I/O, no third party."""
