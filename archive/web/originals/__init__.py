"""Documents as they were published: drawn or converted in limited children, sanitised, kept for the next reader."""
