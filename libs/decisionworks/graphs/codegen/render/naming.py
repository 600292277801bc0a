"""The only place where names of generated things are made, inside the limits of AWS, Python and file systems."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

SLUG_LENGTH = 30
TITLE_LENGTH = 60
PREFIX_LENGTH = 20
FALLBACK_SLUG = "ml-system"
_SPELLED = frozenset({"ai", "api", "gpu", "iot", "llm", "ml", "nlp", "ocr", "rag", "sla"})
# A database's name begins with a letter, a parameter's not with these, and a bucket's not with the last.
_NO_START = re.compile(r"[^a-z]|aws|amazon|amzn|ssm|cognito|xn--|sthree-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Every name a template may need; all are plain lower-case ASCII.

    Units: lengths in characters: `slug` 30, `prefix` 20 so that `prefix-environment-suffix` fits 63 (S3) and 64 (IAM).
    """

    title: str
    slug: str
    package: str
    prefix: str


def names_for(project_name: str, *, package: str) -> Names:
    """Make the names of a repository from what a person called the project; the package is the example problem's."""
    slug = slug_of(project_name)
    return Names(title=_title_of(project_name), slug=slug, package=package, prefix=shortened(slug, limit=PREFIX_LENGTH))


def _title_of(text: str) -> str:
    """The first words of a text as a heading: whole ones only, abbreviations in capitals."""
    words = [word.upper() if word.lower() in _SPELLED else word for word in _words_of(text)] or ["ML", "system"]
    while len(words) > 1 and len(" ".join(words)) > TITLE_LENGTH:
        words.pop()
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])[:TITLE_LENGTH]


def _words_of(text: str) -> list[str]:
    """The words of a text in plain letters and digits, none where no letter is left."""
    words = re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())
    return words if re.search(r"[A-Za-z]", "".join(words)) else []


def slug_of(text: str) -> str:
    """Reduce any text to lower-case words joined by dashes, never empty."""
    words = "-".join(_words_of(text)).lower()
    if not words:
        digest = hashlib.sha256(text.encode()).hexdigest()[:6]
        words = f"{FALLBACK_SLUG}-{digest}" if text.strip() else FALLBACK_SLUG
    if _NO_START.match(words):
        words = f"ml-{words}"
    return shortened(words, limit=SLUG_LENGTH)


def shortened(name: str, *, limit: int) -> str:
    """Cut a name to its limit; a cut name ends in a digest of the whole so that two long names stay apart."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:5]
    return f"{name[: limit - 6].rstrip('-')}-{digest}"
