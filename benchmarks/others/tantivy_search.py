"""Texts indexed and searched by tantivy; needs nothing of this project: ``PYTHON tantivy_search.py FILE``.

FILE is what ``benchmarks.generated.searching.write_texts`` wrote. Pairs of characters are its words, a query is their
phrase: so it finds a piece of Chinese wherever it stands, as ours and trigram do.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import tantivy  # type: ignore[import-not-found]


def main() -> None:
    """Prints CPU seconds of indexing and of each query, the size of the index, and the most resident memory in MB."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines, tempfile.TemporaryDirectory() as folder:
        queries: list[str] = json.loads(next(lines))
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("id", stored=True)
        schema.add_text_field("text", tokenizer_name="pairs", index_option="position")
        index = tantivy.Index(schema.build(), path=folder)
        pairs = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(2, 2)).filter(tantivy.Filter.lowercase()).build()
        index.register_tokenizer("pairs", pairs)
        began = time.process_time()
        writer = index.writer(num_threads=1)
        for line in lines:
            number, text = json.loads(line)
            writer.add_document(tantivy.Document(id=number, text=text))
        writer.commit()
        writer.wait_merging_threads()
        indexing = time.process_time() - began
        index.reload()
        took = [_ask(index, query) for query in queries]
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    status = Path("/proc/self/status").read_text("ascii", "replace")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"indexing": indexing, "asking": took, "size": size, "peak": peak}))


def _ask(index: Any, query: str) -> float:
    began = time.process_time()
    asked = tantivy.Query.phrase_query(index.schema, "text", [query[at : at + 2] for at in range(len(query) - 1)])
    index.searcher().search(asked, limit=20, count=False)
    return time.process_time() - began


if __name__ == "__main__":
    main()
