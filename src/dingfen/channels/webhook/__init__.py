"""Any other system: messages in and events out, signed as Standard Webhooks says."""
