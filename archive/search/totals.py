"""How many reports hold a query, counted up to a bound of work."""
