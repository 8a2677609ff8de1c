"""Work done elsewhere: tasks, the places where they are done, who has which of them, and what comes home."""
