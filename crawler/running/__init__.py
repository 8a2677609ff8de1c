"""The decisions of one run: what it is to do, which URL next, what each exchange becomes."""
