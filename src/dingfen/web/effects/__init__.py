"""What follows from rulings: the list of effects, and lines for the payroll."""
