"""One reader a public source, each to the tables of artrec.schema."""
