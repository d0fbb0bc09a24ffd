"""Pages of complaints: the queue, the call form, the record."""
