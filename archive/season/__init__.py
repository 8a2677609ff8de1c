"""A season: which bodies should publish, who has, and what each run found."""
