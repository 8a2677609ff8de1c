"""The table of issue "fast": figures, how they are measured, written down and held against those before."""
