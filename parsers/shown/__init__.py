"""Documents made to be looked at: pages as pictures, Word and Excel as HTML, cells marked."""
