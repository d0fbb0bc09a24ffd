"""Who has the same record open: a small notice, no lock."""
