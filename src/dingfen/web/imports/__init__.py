"""Bringing data in: upload, column mapping with preview, dry run, progress, result, undo."""
