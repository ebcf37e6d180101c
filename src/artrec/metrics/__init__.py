"""What a table of lists is worth; metrics know no model."""
