"""What a run says of itself: its log, its folder, a message when it failed."""
