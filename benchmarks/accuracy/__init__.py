"""How right the reader is: known figures in every format and every variant that real reports show."""
