"""Kedro datasets: how tables and scorers are stored, atomically."""
