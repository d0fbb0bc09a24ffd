"""Handing over what a person holds when they leave or move (离职、调岗交接)."""
