"""The verbs of fixity: verify, withdraw."""

from __future__ import annotations

import argparse

from archive.errors import Damaged
from archive.fixity.verify import Verified, read_sample, verify, verify_and_seal, verify_warcs
from archive.store import Archive
from archive.verbs.keep import PARTLY, print_json
from archive.withdraw import Withdrawal, withdraw


def run_verify(options: argparse.Namespace) -> int:
    """``nianbao verify``: 0 all is as it was kept, 7 something is damaged: one line for each item."""
    if options.seal:
        verified = verify_and_seal(options.archive)
    else:
        verified = verify(options.archive, read_sample(options.sample))
    if options.warc:
        verify_warcs(verified, options.warc)
    if options.json:
        print_json(_facts_of(verified))
    else:
        for damage in verified.damages:
            print(f"{damage.what}: {damage.says}")
        for note in verified.notes:
            print(f"note: {note}")
        looked_at = ", ".join(f"{name} {count:,}" for name, count in verified.looked_at.items())
        print(f"looked at: {looked_at.replace('_', ' ')}")
        if verified.head is not None:
            print(f"manifest {verified.head.number}: {verified.head.digest} (note it elsewhere)")
        print(f"{len(verified.damages)} damaged" if verified.damages else "everything is as it was kept")
    return Damaged.exit_code if verified.damages else 0


def run_withdraw(options: argparse.Namespace) -> int:
    """``nianbao withdraw``: 0 done, 4 done, and the bytes leave the disk when another program has ended."""
    with Archive.open(options.archive, write=True) as archive:
        withdrawal = withdraw(archive, options.what, options.why)
    if options.json:
        print_json(
            {
                "payloads": list(withdrawal.payloads),
                "versions": [f"v{version}" for version in withdrawal.versions],
                "reports": [f"r{report}" for report in withdrawal.reports],
                "why": withdrawal.why,
                "complete": withdrawal.complete,
            }
        )
    else:
        _print(withdrawal)
    return 0 if withdrawal.complete else PARTLY


def _print(withdrawal: Withdrawal) -> None:
    for digest in withdrawal.payloads:
        print(f"withdrawn: {digest}")
    named = " ".join(f"v{version}" for version in withdrawal.versions) or "none"
    print(f"versions without bytes and reading now: {named}")
    if not withdrawal.complete:
        print("another program reads the archive; the bytes leave the disk when it has ended and nianbao writes again")


def _facts_of(verified: Verified) -> dict[str, object]:
    head = verified.head
    return {
        "sound": not verified.damages,
        "part": verified.sample.part,
        "seed": verified.sample.seed,
        "looked_at": verified.looked_at,
        "head": None if head is None else {"number": head.number, "digest": head.digest, "made_at": head.made_at},
        "damaged": [{"code": one.code, "what": one.what, "says": one.says} for one in verified.damages],
        "notes": verified.notes,
    }
