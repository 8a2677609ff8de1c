"""What is said around the tables: figures in the prose, numbers of documents, dates, who filled in a form."""
