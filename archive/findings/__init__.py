"""What the looks at a report add up to: was it there, was it changed, what speaks against what."""
