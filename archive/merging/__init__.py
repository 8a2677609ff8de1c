"""Two archives become one: evidence is added up, then what it shows is placed anew where both have a part of it."""
