"""Runs: each from beginning to end, its looks, and what hosts asked of it."""
