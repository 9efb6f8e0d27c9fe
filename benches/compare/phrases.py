"""What the others search for: the literal phrases that the examples of the built-in rules mark, in lower case.

That is less than the rules find (inflections, typing errors, gaps, numbers, vetoes, folding); it is what a list of
phrases can do. Left out are phrases that mean something only after a question ("yes", "twice") and those with
punctuation that the phrase language reads as a mark or as the end of a sentence.

`python phrases.py FOLDER` writes them as lexicons for recontact and prints how many there are.
"""

import collections
import json
import pathlib
import re
import sys
import tomllib

LEXICONS = pathlib.Path(__file__).resolve().parents[2] / "lexicons"
NOT_LITERAL = re.compile(r"[\[\](){}<>*&^|…\n.!?;。！？；]")
# A rule must have words. Nobody says these.
NEVER = "zzqqxx qqzzxx"


def rules():
    """(language, rule) of every built-in rule, words of repeats first."""
    for kind in ("repeat", "cause", "category"):
        for path in sorted((LEXICONS / kind).glob("*.toml")):
            lexicon = tomllib.loads(path.read_text())
            for rule in lexicon["rule"]:
                yield lexicon["language"], rule


def by_language():
    """Language → its literal phrases of repeats, sorted."""
    found = collections.defaultdict(set)
    for language, rule in rules():
        if rule["kind"] != "repeat" or "after" in rule:
            continue
        for example in rule["examples"]:
            if isinstance(example, str):
                example = {"text": example}
            phrase = re.search(">>(.*?)<<", example["text"], re.DOTALL).group(1).lower()
            if "before" not in example and not NOT_LITERAL.search(phrase):
                found[language].add(phrase)
    return {language: sorted(phrases) for language, phrases in found.items()}


def everything():
    """The phrases of all languages, sorted."""
    return sorted(set().union(*by_language().values()))


def write_lexicon(folder):
    """A lexicon in which each built-in rule is replaced: one of each language has its literals, the others nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    literals = by_language()
    files = collections.defaultdict(dict)
    for language, rule in rules():
        files[language].setdefault(rule["id"], rule["kind"])
    for language, kinds in files.items():
        lines = [f"language = {quoted(language)}"]
        left = literals.get(language, [])
        for name, kind in kinds.items():
            words = [NEVER]
            if kind == "repeat" and left:
                words, left = left, []
            lines += ["[[rule]]", f"id = {quoted(name)}", f"kind = {quoted(kind)}", 'about = "literal phrases"']
            lines += ['stated = "none"', "phrases = [", *(f"  {quoted(word)}," for word in words), "]"]
            lines += [f'examples = [">>{NEVER}<<"]', 'non_examples = ["nothing"]']
        (folder / f"{language}.toml").write_text("\n".join(lines) + "\n")


def quoted(text):
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    write_lexicon(pathlib.Path(sys.argv[1]))
    print(len(everything()))
