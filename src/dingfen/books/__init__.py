"""The register for people: who may read, close and borrow a page. The register itself knows nobody."""
