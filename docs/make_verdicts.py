"""Write the tables of verdicts into verify.md and theory_to_code.md.

extremal verify --json > quick.json; extremal verify --preset full --json > full.json
python docs/make_verdicts.py quick.json full.json
"""

import json
import re
import sys
from pathlib import Path

from extremal.verification import STATEMENTS
from extremal.verification._check import HYPOTHESES

HERE = Path(__file__).parent
BEGIN, END = "<!-- verdicts -->", "<!-- end of verdicts -->"
# A cell with verdicts: names, each perhaps with one.
NAME = "|".join(re.escape(statement.name) for statement in STATEMENTS)
CELL = re.compile(rf"\| (?:(?:{NAME})(?:: \w+)?(?:, )?)+ \|$", re.MULTILINE)


def number(value):
    return "–" if value is None else f"{value:.3g}"


def decides(check):
    """The claim that decides, as `StatementCheck.key`."""
    worst = ("contradicted", "inconclusive", "supported")
    return min(check["claims"], key=lambda claim: (worst.index(claim["status"]), claim["name"] in HYPOTHESES))


def table(quick, full):
    lines = ["| Statement | quick | full | Deciding claim (full) | Measured | Predicted | Control |", "|---" * 7 + "|"]
    for name, check in full.items():
        claim = decides(check)
        measured = f"{number(claim['measured'])} [{number(claim['low'])}, {number(claim['high'])}]"
        cells = (
            check["statement"],
            quick[name]["status"],
            check["status"],
            claim["name"],
            measured,
            claim["predicted"],
        )
        lines.append("| " + " | ".join((*cells, check["control"]["status"])) + " |")
    return "\n".join(lines)


def read(path):
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    return document, {check["name"]: check for check in document["statements"]}


def main(quick_path, full_path):
    (first, quick), (second, full) = read(quick_path), read(full_path)
    confidence = ", ".join(sorted({f"{100 * check['confidence']:.3g} %" for check in full.values()}))
    words = f"Version {second['extremal']}, seed {second['seed']}, {confidence} confidence for all claims of a "
    words += "statement together. The control is that of the full preset; it must be contradicted."
    assert (first["preset"], second["preset"]) == ("quick", "full")
    page = HERE / "verify.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{words}\n\n{table(quick, full)}\n\n{END}{after}", encoding="utf-8")
    page = HERE / "theory_to_code.md"

    def verdicts(match):
        names = re.findall(NAME, match.group())
        return "| " + ", ".join(f"{name}: {full[name]['status']}" for name in names) + " |"

    page.write_text(CELL.sub(verdicts, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
