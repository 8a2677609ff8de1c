"""An archive of invented places for the pages to be shown over: two provinces, six years, everything that happens."""
