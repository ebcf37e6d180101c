"""From a scorer to lists: candidates, top-k, explanations."""
