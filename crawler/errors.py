"""Why a crawl could not be begun, with the exit code of each."""

from __future__ import annotations

from archive.errors import ArchiveError


class CrawlError(ArchiveError):
    """Anything the crawler refuses."""

    code = "crawl_error"


class BadSite(CrawlError):
    """A site's file that does not say what it should, or says something unknown."""

    code = "bad_site"


class UnknownTarget(CrawlError):
    """A target that is no site's code, no host and no URL."""

    code = "unknown_target"
    exit_code = 2


class Usage(CrawlError):
    """The command line asks for something that is not done."""

    code = "usage"
    exit_code = 2


class BadConfig(CrawlError):
    """A setting of config.toml, or of the environment, that is not known or cannot be what it says."""

    code = "bad_config"
    exit_code = 2


class NoContact(CrawlError):
    """A portal is to be asked, and nobody has said whom it may write to."""

    code = "no_contact"
    exit_code = 2
