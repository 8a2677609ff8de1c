"""What the exports are made of: the reports that are meant, their rows, the columns, lines of CSV."""
