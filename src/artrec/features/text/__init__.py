"""Text of works: documents, preprocessing, encoders, and a cache of what was done already."""
