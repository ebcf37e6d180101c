"""One file a model; none imports another."""
