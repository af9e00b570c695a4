"""Makes the tuned weights that Polku ships: data → pairs → training → packing.

Runs apart from every service, `python -m services.matching.training`; torch is imported only here and by the encoder.
"""
