"""Letters from templates (函件): which are owed, how one reads, how it becomes a paper. Sent by `actions.letters`."""
