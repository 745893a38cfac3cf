"""The derivations of docs/symbolic.md: every code block of the page holds, and stops if a mistake is put into it.

The page is the only copy of the code. A mistake is a replacement in the text of a block, such as a wrong sign; the
changed block must end in an AssertionError, and so shows that the block tests what it says.
"""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "symbolic.md"


def sections():
    """The code block of each section, by heading."""
    result = {}
    for part in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        result[heading] = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    return result


SECTIONS = sections()
BALANCE = "Balancedness"
ALIGN = "Alignment"
FROZEN = "The propagator for a frozen D"
EULER = "G_n(w) = w·D for every D in 𝒟_n(w)"
TYPE = "The type of a critical point on one wall"
GAUSS = "One Gaussian neuron"
COVER = "Cover's recursion"

# Section, a piece of its block that occurs once, and what a mistake makes of it.
MISTAKES = [
    (BALANCE, "conserved = a**2 - w.dot(w)", "conserved = a**2 + w.dot(w)"),
    (BALANCE, "conserved = a**2 - w.dot(w)", "conserved = a**2 - 2 * w.dot(w)"),
    (BALANCE, "-L.diff(a[j]) - W", "-L.diff(a[j]) + W"),
    (BALANCE, "- a[j] * D).expand()", "- D).expand()"),
    (BALANCE, "w[i].diff(t): a * D[i]", "w[i].diff(t): -a * D[i]"),
    (ALIGN, "(D - s.dot(D) * s)", "(D + s.dot(D) * s)"),
    (ALIGN, "(D - s.dot(D) * s)", "(D - s.dot(s) * D)"),
    (ALIGN, "u = sp.tanh(c * (t + t0))", "u = sp.coth(c * t) + t0"),
    (ALIGN, "c * (1 - u**2)", "c * (1 + u**2)"),
    (ALIGN, "+ c * u * v", "- c * u * v"),
    (ALIGN, "sp.oo) == 1", "-sp.oo) == 1"),
    (FROZEN, "[D.T, sp.zeros(1)]", "[-D.T, sp.zeros(1)]"),
    (FROZEN, "(cosh - 1)", "(cosh + 1)"),
    (FROZEN, "(cosh - 1)", "(1 - cosh)"),
    (FROZEN, "[sinh * e.T,", "[-sinh * e.T,"),
    (FROZEN, "e = D / norm", "e = D"),
    (FROZEN, "J = sp.diag(-1, -1, -1, 1)", "J = sp.diag(1, 1, 1, 1)"),
    (EULER, "slopes = [eta, 1, alpha]", "slopes = [eta, 1, 0]"),
    (EULER, "slopes = [eta, 1, alpha]", "slopes = [1, 1, eta]"),
    (EULER, "heights = [0, above, -below]", "heights = [above, above, -below]"),
    (EULER, "alpha * sp.Min", "-alpha * sp.Min"),
    (EULER, "w.cross(sp", "(sp"),
    (TYPE, "s * norm * w - eta", "s * norm * w + eta"),
    (TYPE, "((1 - eta) * sp.Max", "(eta * sp.Max"),
    (TYPE, "+ eta * sp.Max(-height", "- eta * sp.Max(-height"),
    (TYPE, "second + s * norm / 2", "second - s * norm / 2"),
    (TYPE, "second + s * norm / 2", "second + norm / 2"),
    (TYPE, "eta = rho / (1 + rho)", "eta = 1 + rho"),
    (TYPE, "(1 if y == -size else 0)", "(1 if y == size else 0)"),
    (TYPE, "(d - 2 if s == 1 else 0)", "(d - 2 if s == -1 else 0)"),
    (GAUSS, "((sp.pi - phi) * u + length", "((sp.pi - phi) * u - length"),
    (GAUSS, "((sp.pi - phi) * u + length", "((sp.pi + phi) * u + length"),
    (GAUSS, "+ length * sp.sin(phi) * w)", "+ sp.sin(phi) * w)"),
    (GAUSS, "phi - sp.pi / 2, sp.pi / 2", "-sp.pi / 2, sp.pi / 2"),
    (GAUSS, "r**2 * r * sp.exp", "r * r * sp.exp"),
    (COVER, "- C(n, d - 1))", "- C(n, d + 1))"),
    (COVER, "- C(n, d) - C(n", "- C(n, d) + C(n"),
    (COVER, "sp.ff(n - 1, i)", "sp.ff(n, i)"),
    (COVER, "- sp.binomial(n - 1, i - 1)", "+ sp.binomial(n - 1, i - 1)"),
]


def run(code, heading):
    exec(compile(code, f"{PAGE.name}: {heading}", "exec"), {"__name__": "block"})


def test_every_section_has_a_block_and_mistakes():
    assert set(SECTIONS) == {heading for heading, _, _ in MISTAKES}
    assert all("assert " in code for code in SECTIONS.values())


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_derivation_holds(heading):
    run(SECTIONS[heading], heading)


@pytest.mark.parametrize(("heading", "right", "wrong"), MISTAKES)
def test_a_mistake_is_noticed(heading, right, wrong):
    code = SECTIONS[heading]
    assert code.count(right) == 1
    with pytest.raises(AssertionError):
        run(code.replace(right, wrong), heading)


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_assertion_is_reached(heading):
    """Negated one at a time, each of them stops the block."""
    code = SECTIONS[heading]
    for match in re.finditer(r"^ *assert (.*)$", code, re.MULTILINE):
        negated = f"{code[: match.start(1)]}not ({match[1]}){code[match.end(1) :]}"
        with pytest.raises(AssertionError):
            run(negated, heading)
