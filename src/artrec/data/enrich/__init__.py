"""What other sources say of works: each enrichment links works to a table and adds columns."""
