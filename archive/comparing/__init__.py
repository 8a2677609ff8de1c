"""Figures side by side: of bodies, of years, of a place, and those that ask to be looked into."""
