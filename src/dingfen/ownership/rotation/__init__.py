"""Rotation: who receives next at a site (A4). The order itself is `engine.rotation`; here it is kept and changed."""
