"""Tables derived from works and users, always as of a stated time."""
