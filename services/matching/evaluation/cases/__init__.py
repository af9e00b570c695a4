"""The case benchmark: generated people and openings whose fit is known, ranked by the product and by baselines.

Texts are written from templates in `data/` that no matching code reads. Who may have which opening is decided by
`truth`, in its own words, and how well an opening fits by `relevance`, from ESCO's relations alone.
"""
