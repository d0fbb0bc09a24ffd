"""The public page: complaints without an account, followed by a code."""
