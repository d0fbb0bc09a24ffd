"""Sanctions against staff: list, page, and what people do there."""
