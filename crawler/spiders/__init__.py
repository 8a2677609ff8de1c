"""Spiders: one, for every portal."""
