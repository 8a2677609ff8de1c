"""Search measured over generated reports: found what is there, nothing else, how fast, how large."""
