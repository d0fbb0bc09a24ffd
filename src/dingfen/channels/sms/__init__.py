"""SMS (短信) through the HTTP gateway of any provider, as the administrator describes it."""
