"""The journalists' pages: what the archive holds, as HTML for people, as JSON, CSV or Atom for programs."""
