"""What is noted beside the bytes of a run: lists as they were walked, what pages named, who made a capture."""
