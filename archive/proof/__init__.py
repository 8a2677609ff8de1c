"""What proves to a stranger which bytes a body published, and what was read in them."""
