"""What ast-grep needs for a tree: every file of a known language parsed, and one pattern looked for."""

from __future__ import annotations

import sys
from pathlib import Path

from ast_grep_py import SgRoot

LANGUAGES = {".py": "python", ".sh": "bash", ".yaml": "yaml"}
PATTERNS = {
    "python": "requests.post($URL, json=$BODY, timeout=$TIME)",
    "bash": "docker run $$$WORDS",
    "yaml": "image: $IMAGE",
}


def matches(root: Path) -> int:
    """The number of matches in the whole tree."""
    total = 0
    for path in sorted(root.rglob("*")):
        language = LANGUAGES.get(path.suffix)
        if language and path.is_file():
            tree = SgRoot(path.read_text(encoding="utf-8"), language).root()
            total += len(tree.find_all(pattern=PATTERNS[language]))
    return total


if __name__ == "__main__":
    print(matches(Path(sys.argv[1])))
