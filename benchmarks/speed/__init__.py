"""How fast documents become cells, beside other programs in the same run."""
