"""Pieces of the OFD reader (GB/T 33190-2016): package → pages → characters and drawn lines in points."""
