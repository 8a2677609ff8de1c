"""Seals of the database files: written with every commit, and what a file is judged by; below SQL."""
