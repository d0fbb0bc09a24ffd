"""Demo data: two companies, twelve people, three months of life, the same at every run. All invented."""
