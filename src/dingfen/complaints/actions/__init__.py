"""What can be done about complaints. Every function takes `actor` and `at` by keyword."""
