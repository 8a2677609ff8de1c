"""Scrapy settings, each with its reason."""

from __future__ import annotations

from importlib.metadata import version

from crawler.politeness import POLITE_DELAY, PRODUCT

BOT_NAME = PRODUCT
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Who asks; the plan adds whom to write to. A browser's name would be a lie, and portals may block us by our name.
USER_AGENT = f"{PRODUCT}/{version(PRODUCT)}"
ARCHIVE_FOLDER = ""  # that of the keeper's settings (crawler/preferences.py)

# One request every two seconds to a group of hosts, one at a time: less than a person reading. The expedition keeps
# this rate (crawler/manners/courtesy.py) and takes it from Scrapy, whose queues are by host name.
DOWNLOAD_DELAY = POLITE_DELAY
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# As many groups at once: 15,000 portals have work for twenty, then the largest platform takes longest (docs/scale.md).
# It is also the number of pages a killed run asks for a second time.
CONCURRENT_REQUESTS = 16
# The spider gives no items. Scrapy starts as many tasks for every answer as items might be under way: of its 100, for
# nothing, was half of the work of a crawl.
CONCURRENT_ITEMS = 1
# The whole exchange, first byte to last: annual reports are small, and a drip is cut off.
DOWNLOAD_TIMEOUT = 120
# A page that a browser draws asks for a score of scripts and lists, each at the polite rate.
WIRE_DRAWING_TIMEOUT = 240
# The longest PDF of a report that was met has 20 MB.
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

# The exact bytes, guarded addresses; nothing else is spoken: no file, ftp, s3, data.
DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.WireHandler",
    "https": "crawler.wire.WireHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
# Portals serve certificates that are self-signed, expired or another host's, and chains without their middle. The
# bytes are kept as evidence of what was served; what is wrong with the certificate is named on each capture
# (crawler/connection/handshake.py makes the connections; Scrapy's own settings of TLS have no part in it).
DOWNLOAD_VERIFY_CERTIFICATES = False

# The frontier is a table of the archive. JOBDIR loses most of the queue when the process is killed.
SCHEDULER = "crawler.voyages.scheduler.FrontierScheduler"
# Scrapy's has a queue for each host, four signals for each request that nobody hears, and gives each answer to a
# scraper: together a tenth of a crawl's work.
DOWNLOADER = "crawler.voyages.downloader.FrontierDownloader"
JOBDIR = None
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
# Other components that ask, follow, repeat or remember on their own account; here each is an outcome.
ROBOTSTXT_OBEY = (
    False  # obeyed, in crawler/manners/robots.py: Scrapy's takes a robots.txt that answers 5xx for "all allowed"
)
RETRY_ENABLED = False
REDIRECT_ENABLED = False  # a redirect is a capture; Scrapy's loses the aliases
METAREFRESH_ENABLED = False
HTTPCACHE_ENABLED = False
COMPRESSION_ENABLED = False  # undone in crawler/connection/tape.py, where the bytes as sent are kept too
COOKIES_ENABLED = False  # no session is kept; and its list of public suffixes is fetched from the network
HTTPPROXY_ENABLED = False  # http_proxy in the environment would take the connection away from the guard
REFERER_ENABLED = False
# What Scrapy puts between us and the wire is named here, not taken away: what a later release adds is not there. It
# imports each of them, those that are switched off as well: aiohttp and requests, a third of a short run's time.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
}
# None: every status is an outcome, and how deep and how long a URL may be is the spider's to say.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}

# Scrapy's usual resolver knows IPv4 alone: a name that has only IPv6 would be one that is not found.
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"

# The crawler listens on nothing.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # it would run code sent to a port
# Nor any extension: no console, no remote control, no feeds, no state in a folder.
EXTENSIONS_BASE: dict[str, int] = {}
LOG_LEVEL = "INFO"
