"""Follow-ups (跟进): what the cadence and one's own plans ask for, logged in one line."""
