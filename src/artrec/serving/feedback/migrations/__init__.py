"""Migrations of the feedback database, one file a step, run by Alembic in order."""
