"""The verbs proof, cite."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from archive.proof.citing import citation_of, cite_bibtex, cite_gbt
from archive.proof.contents import Chosen
from archive.proof.package import write_proof, written_whole
from archive.queries import find_named, list_history
from archive.store import Archive, naming_errors
from archive.verbs.keep import command_of, print_json


def run_proof(options: argparse.Namespace) -> int:
    """``nianbao proof``: a report's every version, or the one version that is named."""
    with Archive.open(options.archive, write=False) as archive:
        named = find_named(archive, options.name)
        is_version = options.name[0].startswith("v")
        history = [] if is_version else list_history(archive, named.report)
        versions = [named.version] if is_version else [int(one["version"][1:]) for one in history]
        name = f"v{named.version}" if is_version else f"r{named.report}"
        path: Path = options.output if options.output is not None else Path(f"proof-{name}.zip")
        with naming_errors(path.parent), written_whole(path) as out:
            manifest = write_proof(archive, [Chosen(one, options.cell) for one in versions], out)
    if options.json:
        print_json({"file": str(path), "versions": manifest["versions"], "files": len(manifest["files"])})
    else:
        print(f"{path}: {', '.join(manifest['versions'])}, {len(manifest['files'])} files")
        print(f"next: unpack it anywhere, then: python3 proof/verify.py · {command_of(options)} cite {name}")
    return 0


def run_cite(options: argparse.Namespace) -> int:
    """``nianbao cite``."""
    with Archive.open(options.archive, write=False) as archive:
        citation = citation_of(archive, find_named(archive, options.name).version)
    styles = {"gbt": cite_gbt(citation), "bibtex": cite_bibtex(citation)}
    if options.json:
        print_json(asdict(citation) | {"report": f"r{citation.report}", "version": f"v{citation.version}"} | styles)
    else:
        print(styles[options.style])
    return 0
