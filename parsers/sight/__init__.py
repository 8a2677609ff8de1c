"""Scans and pictures: from pixels to the lines and ruled tables that a PDF's own marks give; the steps of sight."""
