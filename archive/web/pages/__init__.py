"""One module a page, discovered from this folder; each names its paths in ``PATHS`` (archive.web.pages_found.Path)."""
