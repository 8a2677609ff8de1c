"""Files put on S3-compatible storage, and fetched from it; the live archive is never there."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import ArchiveError, NotFound, Occupied, name_os_error
from archive.spread.extra import need_extra

SCHEME = "s3://"
_PIECE = 16 * 2**20  # bytes; S3 takes pieces from 5 MiB, and at most 10,000 of them
# Access keys, their signatures and tokens, as messages of S3 and of its libraries print them.
_SECRETS = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{12,}|(?:signature|secret|token|credential|accesskeyid)[^\s,;&<]{0,3}[=:>]\s*[^\s,;&<]+",
    re.I,
)


class BadPlace(ArchiveError):
    """What should be ``s3://BUCKET/KEY`` is not."""

    code = "bad_place"
    exit_code = 2


class RemoteFails(ArchiveError):
    """The storage refuses, or cannot be reached."""

    code = "remote_fails"


def is_remote(place: object) -> bool:
    """Whether a place is on such a storage, however ``pathlib`` has shortened it."""
    return re.match(r"s3:/", str(place)) is not None


def address_of(place: object) -> str:
    """``s3://BUCKET/KEY`` as given, or as ``pathlib`` has shortened it → as it is written. Raises BadPlace.

    >>> address_of(Path("s3://bucket/a/b.tar"))
    's3://bucket/a/b.tar'
    """
    text = SCHEME + re.sub(r"^s3:/+", "", str(place))
    parts = urlsplit(text)
    if not parts.netloc or "@" in parts.netloc or not parts.path.strip("/") or parts.query:
        raise BadPlace("expected s3://BUCKET/KEY, and no key or password in it: those are in AWS_ACCESS_KEY_ID, "
                       "AWS_SECRET_ACCESS_KEY or a profile")  # fmt: skip
    return text


def put_file(file: Path, place: object) -> None:
    """A file → ``s3://BUCKET/KEY``, there whole or not at all; nothing is written over.

    Who asks is told by the usual variables (AWS_ACCESS_KEY_ID, AWS_PROFILE, …), where by AWS_ENDPOINT_URL. Raises
    BadPlace, Occupied, RemoteFails, NeedsExtra.
    """
    address = address_of(place)
    with _storage(address) as storage:
        if storage.exists(address):
            raise Occupied(f"there is something at {address} already")
        storage.put_file(str(file), address, chunksize=_PIECE)
        size = storage.info(address)["size"]
        if size != file.stat().st_size:
            raise RemoteFails(f"{address} has {size} bytes after {file.stat().st_size} were put there")


def fetch_file(place: object, file: Path) -> None:
    """``s3://BUCKET/KEY`` → a file, which has its name when it is whole. Raises BadPlace, NotFound, RemoteFails,
    NeedsExtra, NoRoom."""
    address = address_of(place)
    part = file.with_name(f"{file.name}.part")
    try:
        with _storage(address) as storage:
            if not storage.exists(address):
                raise NotFound(f"expected something at {address}, found nothing")
            storage.get_file(address, str(part))
            size = storage.info(address)["size"]
        if part.stat().st_size != size:
            raise RemoteFails(f"{address} has {size} bytes, and {part.stat().st_size} came")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _storage(address: str) -> Iterator[Any]:
    """The storage, with the refusals of its libraries named, and no secret in them."""
    storage = need_extra("s3fs", "s3")
    failures = (need_extra("botocore.exceptions", "s3").BotoCoreError, OSError, TimeoutError)
    for name in ("botocore", "aiobotocore", "s3fs", "fsspec"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # at lower levels they log what they sign
    try:
        yield storage.S3FileSystem(
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
            use_listings_cache=False,
            skip_instance_cache=True,
            config_kwargs={"connect_timeout": 20, "read_timeout": 120},
        )
    except failures as error:
        if isinstance(error, OSError) and error.filename is not None and (ours := name_os_error(error, error.filename)):
            raise ours from None
        raise RemoteFails(f"{address}: {_SECRETS.sub('…', str(error)) or type(error).__name__}") from None
