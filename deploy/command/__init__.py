"""The `polku` command: the way in for people at a terminal. It speaks to the gateway's HTTP API like anybody else."""
