"""Honest splits of interactions into train, validation and test."""
