"""What hostile and damaged files do to the reader: mutated documents and bombs, through the limited child."""
