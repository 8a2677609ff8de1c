"""What holds a child process: its limits, its pipes, its folder, no network, its end."""
