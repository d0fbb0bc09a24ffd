"""Pages of the register: books, a page of a day, an entry with its proof, borrowings, checkpoints."""
