"""Pages of channels: the door for other systems, and the settings."""
