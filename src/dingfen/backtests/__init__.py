"""A draft of rules tried on recorded history before anyone is bound by it. Reads only."""
