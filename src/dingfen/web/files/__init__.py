"""Files of cases: download and preview, the same for every room."""
