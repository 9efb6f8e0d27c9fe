"""The texts of the comparison of detection: `python texts.py KIND DATA FOLDER COUNT`. Prints how many there are.

KIND is one of `KINDS`; of the texts, about 10 MB, the first COUNT are written (0: all). A process of its own, because
the peak memory of processes that a large process starts would be measured wrongly.
"""

import itertools
import json
import pathlib
import random
import sys

import phrases

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
BYTES = 10_000_000
# Languages without spaces between words, which FlashText cannot search.
NO_SPACES = {"zh", "ja", "th"}


def said_by_customers(path):
    """What customers say in a file of transcripts, with the declared language or None."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                transcript = json.loads(line)
            except json.JSONDecodeError:
                continue  # damaged on purpose
            for turn in transcript.get("turns") or []:
                if turn.get("speaker") != "agent" and turn.get("text"):
                    yield turn["text"], transcript.get("language")


def labelled(_):
    """The labelled texts of all languages, half of which state something."""
    for path in sorted((FIXTURES / "labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line)
            yield text["text"], text["lang"]


KINDS = {
    "generated": lambda data: said_by_customers(data / "transcripts.jsonl"),
    "demo": lambda _: said_by_customers(FIXTURES / "demo" / "transcripts.jsonl"),
    "labelled": labelled,
}


def sample(texts):
    """The first texts of them, or all again and again, shuffled, about `BYTES`."""
    kept, taken = [], 0
    for text, language in texts:
        text = " ".join(text.split())
        kept.append((text, language))
        taken += len(text.encode())
        if taken >= BYTES:
            break
    kept *= max(1, round(BYTES / taken))
    random.Random(1).shuffle(kept)
    return kept


def write(texts, folder):
    """The files of the contenders in that folder."""
    folder.mkdir(parents=True)
    records = []
    for at, (text, language) in enumerate(texts):
        record = {"id": at, "text": text} | ({"lang": language} if language else {})
        records.append(json.dumps(record, ensure_ascii=False))
    first = {language: record for record, (_, language) in zip(reversed(records), reversed(texts))}
    lines = {
        "texts.jsonl": records,
        "first.jsonl": first.values(),
        "lower.txt": [text.lower() for text, _ in texts],
        "spaced.txt": [text.lower() for text, language in texts if base(language) not in NO_SPACES],
        "phrases.txt": phrases.everything(),
    }
    for name, content in lines.items():
        (folder / name).write_text("".join(f"{line}\n" for line in content), encoding="utf-8")


def base(language):
    """A language without script and region."""
    return (language or "").split("-")[0]


def main(kind, data, folder, count):
    texts = sample(KINDS[kind](pathlib.Path(data)))
    texts = list(itertools.islice(texts, int(count) or None))
    write(texts, pathlib.Path(folder))
    print(len(texts))


if __name__ == "__main__":
    main(*sys.argv[1:])
