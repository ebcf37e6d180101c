"""The calls of the service, a file a subject; each file holds one `router`."""
