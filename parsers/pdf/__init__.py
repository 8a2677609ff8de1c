"""From the marks on PDF pages to text lines, ruled tables and blocks: the steps behind formats/pdf.py."""
