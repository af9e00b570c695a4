"""How fast the match is: floors of the hardware, peers and Polku in one run. `make bench`; see docs/figures.md."""
