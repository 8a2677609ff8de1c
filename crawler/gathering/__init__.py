"""From a page to what is taken of it: which rows are reports, which ways go on."""
