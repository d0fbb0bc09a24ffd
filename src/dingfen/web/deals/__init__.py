"""Deals: what was signed, by whom, whether it was delivered, and what is disputed."""
