"""House rules that no other tool checks: addresses, paths, unfinished work, long files and lines, requirement ids."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
WIDEST = 200
BANNED = re.compile(
    r"((?<![\w}])/work/|/root/|/home/[a-z]|\bTO"
    + r"DO\b|\bFIX"
    + r"ME\b|NotImplemented"
    + r"Error|--index-url|--extra-index)"
)
MERGING = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
LINE = r"^\| %s \| (done|partly|not) \|"
REQUIREMENTS = {"A": 15, "B": 15, "C": 9, "D": 7, "E": 10, "F": 7, "G": 6}


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def crammed(template: str) -> list[int]:
    """Lines of a template that hold half a page. A long text, or what may not be broken, is no fault."""
    lines = enumerate(template.splitlines(), 1)
    return [number for number, line in lines if len(line) > WIDEST and line.count("<") > 4]


def faults() -> list[str]:
    found: list[str] = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name != "scripts/house.py" and (match := BANNED.search(text)):
            found.append(f"{name}: {match.group(0)!r} does not belong here")
        if match := MERGING.search(text):
            found.append(f"{name}: {match.group(0)!r} is left of a merge")
        long = path.suffix == ".py" and name.startswith("src/") and "migrations" not in name
        if long and text.count("\n") > LONGEST:
            found.append(f"{name}: {text.count(chr(10))} lines; look for the seam")
        if path.suffix == ".html" and name.startswith("src/"):
            found.extend(f"{name}:{at}: a line nobody reads; break it" for at in crammed(text))
    status = (ROOT / "docs/build/status.md").read_text(encoding="utf-8")
    for letter, count in REQUIREMENTS.items():
        missing = (
            n for n in range(1, count + 1) if not re.search(LINE % f"{letter}{n}", status, re.MULTILINE)
        )
        found.extend(f"docs/build/status.md: {letter}{number} has no line" for number in missing)
    return found


if __name__ == "__main__":
    problems = faults()
    print("\n".join(problems) or "the house is in order")
    sys.exit(1 if problems else 0)
