"""Learning from texts that people have sorted: what a new text may be. Pure; always a suggestion."""
