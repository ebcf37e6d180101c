"""Personal exports: a person's own ratings, read from what other sites give them, and written."""
