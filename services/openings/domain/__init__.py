"""What an opening is, how it lives, and what it must hold true; publishers and their keys. Pure."""
