"""Telephone (电话): the switchboard tells of calls, and is told who calls and whom to connect to."""
