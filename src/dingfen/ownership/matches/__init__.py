"""Customers that may be one, or belong together: found all at once, put before people, settled in groups."""
