"""Scanned pages: how many cells are read right, and what a page costs beside RapidOCR's own reading of it."""
