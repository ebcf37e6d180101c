"""The feedback store: what people tell, kept durably, read back, exported and deleted."""
