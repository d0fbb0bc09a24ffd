"""The handlers' desk: who gets what, labels, setting aside, what is said often, several steps in one."""
