"""What the readers of spreadsheets share: sheets → tables, and numbers as a cell shows them."""
