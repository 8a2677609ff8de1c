"""What docs/scale.md reckons with, measured."""
