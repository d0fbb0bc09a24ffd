"""The register: books, pages and entries of one append-only Merkle tree, and their proofs."""
