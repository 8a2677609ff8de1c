"""Pages as a WARC by warcio; needs nothing of this project: ``PYTHON write_warc.py FOLDER``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-not-found]
from warcio.warcwriter import WARCWriter  # type: ignore[import-not-found]


def main() -> None:
    """Each page a response of its own, in a gzip member of its own; prints the length of all."""
    written = io.BytesIO()
    writer = WARCWriter(written, gzip=True)
    for number, file in enumerate(sorted(Path(sys.argv[1]).iterdir())):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        url = f"http://www.shili.example/{number}.html"
        page = io.BytesIO(file.read_bytes())
        writer.write_record(writer.create_warc_record(url, "response", payload=page, http_headers=head))
    print(json.dumps({"size": len(written.getvalue())}))


if __name__ == "__main__":
    main()
