"""The public page: complain without an account, follow it by a code."""
