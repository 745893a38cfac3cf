"""Check a proof in exact arithmetic, with none of the search's code.

Every number is read as the rational it is. The checker walks the tree of cones and verifies, in integers,

- that the first cones cover R^d: the basis is regular, and each node's children cover it because the new vertex is a
  positive combination of the two between which it lies;
- that each excluding vector has u·v ≥ 0 at every vertex of its cone and u·sD < 0 for every D that 𝒟_n can take there;
- at each leaf, by going through all sign patterns of the hyperplanes that cut it, that every extremal vector with its
  direction in that cone is one of those claimed;
- that each claimed vector is extremal (Definition 2.1).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...data import as_dataset
from ..critical._certificate import certify
from ..exact._exact import dyadic, reduced_rows
from ._format import CLOSED, LEAF, OPEN, SPLIT, Proof, digest_of
from ._leaf import Leaf

__all__ = ["Verdict", "check"]

# More hyperplanes than this have too many sign patterns.
LARGEST_LEAF = 12


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    valid : bool
        Whether the proof holds: the claimed vectors are all the extremal vectors there are.
    failures : tuple of str
        What does not hold, at most ten of them.
    cones : int
        How many cones were looked at.
    """

    valid: bool
    failures: tuple[str, ...]
    cones: int

    def __bool__(self) -> bool:
        return self.valid

    def __str__(self) -> str:
        if self.valid:
            return f"The proof holds: {self.cones} cones checked in exact arithmetic."
        return "The proof fails: " + "; ".join(self.failures) + "."


def check(proof: Proof, X: Any, y: Any = None, *, leak: float = 0.0) -> Verdict:
    """
    Check in exact arithmetic that a proof holds for a data set.

    Parameters
    ----------
    proof : Proof
        From `ExtremalVectors.proof` or `Proof.load`.
    X : array_like of shape (n, d) or Dataset
    y : array_like of shape (n,)
    leak : float
        α of the leaky ReLU.

    Returns
    -------
    Verdict
        True if the proof holds; otherwise it says what fails: another data set, a missing region, an inequality that
        does not hold, a claimed vector that is not extremal, an extremal vector that is not claimed.

    Examples
    --------
    >>> import extremal
    >>> X, y = [[1.0, 0.2], [-0.3, 1.0], [-0.5, -0.7]], [1.0, 2.0, -1.0]
    >>> proof = extremal.find(X, y).proof()
    >>> bool(extremal.check(proof, X, y))
    True
    >>> bool(extremal.check(proof, X, [1.0, 2.0, -1.5]))
    False
    """
    data = as_dataset(X, y)
    leak = float(leak)
    if proof.data_digest != digest_of(data.X, data.y, np.array([leak])):
        return Verdict(False, ("the proof is for other data, or another leak",), 0)
    checker = _Checker(proof, data, leak)
    try:
        checker.run()
    except (ValueError, OverflowError) as error:  # numbers that are no numbers, or no integers
        checker.fail(str(error))
    return Verdict(not checker.failures, tuple(checker.failures[:10]), checker.node)


class _Checker:
    def __init__(self, proof: Proof, data, leak: float):
        self.proof, self.data, self.leak = proof, data, leak
        self.failures: list[str] = []
        self.x, _ = dyadic(data.X)
        labels, _ = dyadic(data.y)
        (numerator,), exponent = dyadic(np.array([leak]))
        alpha = numerator * Fraction(2) ** exponent
        z = self.x * labels[:, None] * alpha.denominator
        # Contributions of a row where it is active and where it is not, on one integer scale.
        self.on = z
        self.off = self.x * labels[:, None] * alpha.numerator
        self.acts = np.flatnonzero([any(row) for row in z])
        self.total = (self.on + self.off).sum(axis=0)
        self.claimed: dict[int, list[np.ndarray]] = {1: [], -1: [], 0: []}
        self.node = 0
        self.vector = 0

    def fail(self, text: str) -> None:
        self.failures.append(text)

    # -- the claimed vectors --------------------------------------------------------------------------------------

    def run(self) -> None:
        proof, d = self.proof, self.data.d
        shapes = (
            proof.basis.shape == (d, d),
            proof.patterns.shape == (len(proof.signs), self.data.n),
            proof.vectors.shape == (len(proof.excluded), d),
            proof.counts.sum() == len(proof.excluded),
            (proof.counts >= 0).all(),
            proof.directions.shape == (len(proof.signs), d),
            proof.ends.shape == proof.factors.shape == (len(proof.kind), 2),
            len(proof.counts) == len(proof.kind),
            set(proof.signs.tolist()) <= {-1, 0, 1},
        )
        if not all(shapes):
            self.fail("its arrays do not fit the data or each other")
            return
        if not all(np.isfinite(a).all() for a in (proof.basis, proof.factors, proof.vectors, proof.directions)):
            self.fail("it holds numbers that are not finite")
            return
        for i, sign in enumerate(proof.signs.tolist()):
            certificate = certify(self.data, self.leak, sign, proof.patterns[i], proof.directions[i])
            if not certificate:
                self.fail(f"claimed vector {i} is not extremal: {certificate.failures[0]}")
                return
            self.claimed[sign].append(proof.patterns[i][self.acts])
        basis = [[_integer(v) for v in row] for row in proof.basis]
        if len(reduced_rows(basis)[1]) < d:
            self.fail("the basis does not span R^d")
            return
        for number in range(2 ** (d - 1)):
            vertices = [[-v for v in row] if i and (number >> (i - 1)) & 1 else row for i, row in enumerate(basis)]
            rows = self.acts
            signs = np.sign(self.x[rows] @ np.array(vertices, dtype=object).T).astype(np.int8)
            stack = [(vertices, rows, signs, np.zeros(d, dtype=object), 15 if self.claimed[0] else 63)]
            while stack:
                if self.node == len(proof.kind):
                    self.fail("a region is missing: the list of cones ends before the sphere is covered")
                    return
                stack.extend(self._visit(*stack.pop()))
                if len(self.failures) >= 10:
                    return
        if self.node < len(proof.kind):
            self.fail("there are more cones than the sphere needs")

    # -- one cone -------------------------------------------------------------------------------------------------

    def _visit(self, vertices, rows, signs, fixed, alive) -> list:
        proof, node = self.proof, self.node
        self.node += 1
        plus, minus = (signs == 1).all(axis=1), (signs == -1).all(axis=1)
        on, off = rows[plus], rows[minus]
        fixed = fixed + self.on[on].sum(axis=0) + self.off[off].sum(axis=0)
        keep = ~plus & ~minus
        rows, signs = rows[keep], signs[keep]
        opposite = self.total - fixed - (self.on[rows] + self.off[rows]).sum(axis=0)
        for _ in range(proof.counts[node]):
            alive &= ~self._excluded(node, vertices, rows, fixed, opposite, alive)
            self.vector += 1
        kind = int(proof.kind[node])
        if kind == CLOSED:
            if alive:
                self.fail(f"cone {node} is called excluded, but {bin(alive).count('1')} hypotheses are open there")
        elif kind == LEAF:
            self._leaf(node, vertices, rows, fixed, opposite, alive)
        elif kind == SPLIT:
            return self._children(node, vertices, rows, signs, fixed, alive)
        elif kind == OPEN:
            self.fail(f"cone {node} is left open")
        else:
            self.fail(f"cone {node} is of no known kind")
        return []

    def _children(self, node, vertices, rows, signs, fixed, alive) -> list:
        low, high = (int(e) for e in self.proof.ends[node])
        f, g = (_integer(v) for v in self.proof.factors[node])
        if not (0 <= low < len(vertices) and 0 <= high < len(vertices) and low != high and f > 0 and g > 0):
            self.fail(f"cone {node} is not split between two of its vertices")
            return []
        middle = [f * a + g * b for a, b in zip(vertices[low], vertices[high], strict=True)]
        column = np.sign(self.x[rows] @ np.array(middle, dtype=object)).astype(np.int8)
        children = []
        for place in (high, low):
            v, s = list(vertices), signs.copy()
            v[place] = middle
            s[:, place] = column
            # What is fixed here is fixed in the children: they start from it with the rows that are left.
            children.append((v, rows, s, fixed, alive))
        return children

    def _excluded(self, node, vertices, rows, fixed, opposite, alive) -> int:
        """The hypotheses that the next excluding vector excludes, of those that it is said to."""
        claimed = int(self.proof.excluded[self.vector])
        u = dyadic(self.proof.vectors[self.vector])[0]
        on, off = self.on[rows] @ u, self.off[rows] @ u
        lower = fixed @ u + np.minimum(on, off).sum()
        upper = fixed @ u + np.maximum(on, off).sum()
        shift = self.total @ u
        in_dual = all(sum(a * b for a, b in zip(u, v, strict=True)) >= 0 for v in vertices)
        excluded = 0
        if in_dual:
            # Where the certain rows add up to nothing and each of the others pulls out of the cone, only D = 0 is left.
            falling, rising = bool((on < 0).all()), bool((on > 0).all())
            here = not fixed.any() and not off.any()
            there = not opposite.any() and not off.any()
            holds = (
                upper < 0 or (here and falling),
                lower > 0 or (here and rising),
                upper - shift < 0 or (there and rising),
                lower - shift > 0 or (there and falling),
            )
            excluded = sum(1 << bit for bit, h in enumerate(holds) if h)
        if upper < 0 or lower > 0:
            excluded |= 16
        if upper - shift < 0 or lower - shift > 0:
            excluded |= 32
        if claimed & alive & ~excluded:
            self.fail(
                f"in cone {node} an inequality does not hold"
                if in_dual or claimed & 48
                else f"in cone {node} a vector is not in the dual cone"
            )
        return claimed & excluded

    # -- leaves ---------------------------------------------------------------------------------------------------

    def _leaf(self, node, vertices, rows, fixed, opposite, alive) -> None:
        """Every extremal vector with its direction in the cone must be claimed."""
        leaf = Leaf(self.x, self.on, self.off, rows, vertices)
        if len(leaf.groups) > LARGEST_LEAF:
            self.fail(f"cone {node} is called a leaf, but {len(leaf.groups)} hyperplanes cut it")
            return
        inside = np.array([sum(v[j] for v in vertices) for j in range(self.data.d)], dtype=object)
        certain = np.sign(self.x[self.acts] @ inside).astype(np.int8)
        place = {int(k): i for i, k in enumerate(self.acts)}
        for side in (1, -1):
            signs = [s for s, bit in ((1, 1), (-1, 2)) if alive & (bit if side > 0 else bit << 2)]
            base = fixed if side > 0 else opposite
            for sign, found in leaf.extremal(base, side, signs):
                pattern = side * certain
                pattern[[place[k] for k in found]] = list(found.values())
                if not any(np.array_equal(pattern, known) for known in self.claimed[sign]):
                    self.fail(f"an extremal vector of sign {sign:+d} in cone {node} is not claimed")
            if alive & (16 if side > 0 else 32) and leaf.zero(base, side):
                self.fail(f"D = 0 is extremal in cone {node} and not claimed")


def _integer(value: float) -> int:
    number = Fraction(float(value))
    if number.denominator != 1:
        raise ValueError("a vertex of a proof is not an integer vector")
    return number.numerator
