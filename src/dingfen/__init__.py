"""Dingfen (定分): the open system of record for customer conflict."""

__version__ = "0.1.0"
