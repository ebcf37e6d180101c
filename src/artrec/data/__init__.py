"""The library's ground: ids, interactions, works, sources and filters."""
