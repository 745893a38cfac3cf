r"""The proof of Theorem 4.1, step by step, as measurements on a trajectory (Appendix F).

- F.1: a_j² − ‖w_j‖² is constant, and with domination so is sign(a_j).
- F.2: at τ = ε ln(1/λ)/max‖D‖, |a_j| is within a factor λ^{±2ε} of its start, and 1 − (w_j/a_j)·D_±/‖D_±‖ = O(λ^ε).
  There are two extremal vectors, D_± = D_n(±β*) (Eq. 19). With D frozen at D_± that height is tanh(‖D_±‖t + artanh of
  its start), and at τ 1 − height ≤ 6 λ^{2ε‖D_±‖/max‖D‖} for a start of −½ or more (Eq. 8).
- cones: from τ on the neurons of I_± are in the cones of ±β*, and no activation changes any more.
- F.3: while I_± are in the cones of ±β*, each moves as if it and its half S_± were alone (Eq. 23).
- F.4: until τ_2, the first time with Σ_{I_±} a_j² ≥ ε_2, they grow slowly and align with each other.
- F.5: until τ_3, the first time with ‖β_{n,±} − Σ_{I_±} a_j w_j‖ ≤ ε_3, they grow fast.
- F.6: then ‖∇L_±‖² ≥ κ (L_± − min L_±), and L_± falls exponentially. As ‖∇L_±‖² ≥ Σ a_j² ‖H δ‖² with δ = β_{n,±} − Σ
  a_j w_j and L_± − min L_± = ½ δᵀHδ, κ is at least 2 λ_min(H_±) Σ a_j², and Σ a_j² ≥ ‖Σ a_j w_j‖ ≥ ‖β_{n,±}‖ − ε_3 by
  domination.

ε_2 and ε_3 are in units of ‖β_{n,±}‖ here. max‖D‖ is the largest ‖D_n(w)‖ over the initial directions and ±β*.

The paper lets λ be as small as it takes; a run has one λ. What "holds" means is said with each measurement.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import inf, log, nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data._arguments import as_number, did_you_mean
from ..data._html import heading, rows_table
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry import D, ExtremalVectors, find
from ..laws import Linear
from ..laws._checks import as_vector
from ._clusters import Cluster, clusters
from ._flow import flow
from ._network import Network
from ._trajectory import Trajectory

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Measurement", "Phases", "phases"]

Floats = NDArray[np.float64]

STEPS = ("F.1", "F.2", "cones", "F.3", "F.4", "F.5", "F.6")
# ε must leave λ^{1−2ε} small: the weights at τ.
LARGEST_EPSILON = 0.5
# What rounding may change a_j² − ‖w_j‖² by, relative to a_j² + ‖w_j‖².
CONSERVED = 1e-10
# The constant of F.2 for a start of −½: (1 + ½)/(1 − ½) = 3, doubled by 1 − tanh(s) ≤ 2 e^{−2s}.
ALIGNED = 6.0
# Vectors are the same if they differ by less than this share of their length: 10⁴ times the rounding errors of D_n.
SAME = 1e-11
# The joint run and the half systems have errors of about rtol each, relative to the weights, which the growth from λ to
# 1 multiplies by up to ln(1/λ) or so.
DECOUPLED = 100.0
# Times at which the half systems are compared with the joint run, and the loss is measured after τ_3.
COMPARED, MEASURED = 8, 24
# Below this share of its value at τ_3, L − min L is not measured: rtol² is what errors of Σ a_j w_j of rtol make of it,
# and where it is a difference of losses its digits end earlier.
APART = 1e-9
# Distances to β_{n,±} at the end that tell nothing.
LIMIT = 0.01


_WORDS = {True: "holds", False: "fails", None: "?"}


@dataclass(frozen=True)
class Measurement:
    """
    One number of the proof.

    Attributes
    ----------
    step : str
        "F.1" to "F.6", and "cones": whether the neurons are in the cones of ±β* at τ and meet no hyperplane after it,
        which the proof has for λ small enough.
    quantity : str
        What was measured.
    side : str
        "+" or "−" for one of the clusters, "" for both.
    value : float
        nan where there is nothing to measure.
    predicted : str
        What the proof says; empty where it says nothing about this number.
    holds : bool or None
        None where nothing is predicted, or nothing could be measured.
    """

    step: str
    quantity: str
    side: str
    value: float
    predicted: str
    holds: bool | None


@dataclass(frozen=True, eq=False, repr=False)
class Phases:
    """
    What `phases` measured.

    Attributes
    ----------
    measurements : tuple of Measurement
        In the order of the proof.
    scale : float
        λ.
    tau : float
        τ of Lemma F.2, beyond the run if that is too short.
    together : float
        The time from which on both clusters are in their cones and no neuron meets a hyperplane; nan if they are not.
    slow, fast : (float, float)
        τ_2 and τ_3 of I_+ and of I_−; nan where they are not reached.
    bounds : dict from str to float
        κ of Lemma F.6 for "+" and "−".
    end : float
        The end of the run.
    """

    measurements: tuple[Measurement, ...]
    scale: float
    tau: float
    together: float
    slow: tuple[float, float]
    fast: tuple[float, float]
    bounds: dict[str, float]
    end: float

    @property
    def holds(self) -> dict[str, bool | None]:
        """For each step False if a prediction fails, True if all that were checked hold, None if none was."""
        found: dict[str, bool | None] = {}
        for item in self.measurements:
            known = [one for one in (found.get(item.step), item.holds) if one is not None]
            found[item.step] = all(known) if known else None
        return found

    def value(self, quantity: str, side: str = "") -> float:
        """The value of a measurement by its name; KeyError if there is none."""
        for item in self.measurements:
            if (item.quantity, item.side) == (quantity, side):
                return item.value
        hint = did_you_mean(quantity, dict.fromkeys(item.quantity for item in self.measurements if item.side == side))
        raise KeyError(f"there is no measurement {quantity!r} of side {side!r}; to_frame() lists them{hint}")

    def to_frame(self) -> "pd.DataFrame":
        """One row a measurement: step, quantity, side, value, predicted, holds."""
        import pandas as pd

        names = list(Measurement.__dataclass_fields__)
        rows = [[getattr(item, name) for name in names] for item in self.measurements]
        return pd.DataFrame(rows, columns=names)

    def to_json(self) -> dict[str, Any]:
        """
        Give the times and the measurements as plain values.

        Returns
        -------
        dict
            The attributes and `holds`; each measurement is a dict.
        """
        names = ("scale", "tau", "together", "slow", "fast", "bounds", "end", "holds")
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "measurements": [plain(asdict(item)) for item in self.measurements],
        }

    def __repr__(self) -> str:
        steps = ", ".join(f"{step} {_WORDS[value]}" for step, value in self.holds.items())
        return f"<Phases: {steps}; τ = {self.tau:.4g}, in their cones from t = {self.together:.4g}>"

    def _repr_html_(self) -> str:
        failed = [item for item in self.measurements if item.holds is False]
        rows = [
            (step, _WORDS[holds], "; ".join(f"{item.quantity} {item.side}" for item in failed if item.step == step))
            for step, holds in self.holds.items()
        ]
        times = f"λ = {self.scale:.4g}, τ = {self.tau:.4g}, in their cones from t = {self.together:.4g}"
        times += f", end of the run t = {self.end:.4g}"
        return heading("The proof of Theorem 4.1", times) + rows_table(("step", "prediction", "what fails"), rows)


def phases(
    trajectory: Trajectory,
    teacher: ArrayLike | Linear,
    *,
    epsilon: float = 0.25,
    epsilon_2: float = 0.1,
    epsilon_3: float = 0.1,
    scale: float | None = None,
    extremal: ExtremalVectors | None = None,
    time_limit: float | None = 10.0,
) -> Phases:
    r"""
    Measure the steps of the proof of Theorem 4.1 on a run of the gradient flow.

    Parameters
    ----------
    trajectory : Trajectory
        Of `extremal.flow`, from time 0. That the theorem's hypotheses hold is not needed: what fails is reported.
    teacher : array_like of shape (d,), or laws.Linear
        β*, or any vector in its activation cone.
    epsilon : float
        ε of Lemma F.2, between 0 and ½.
    epsilon_2, epsilon_3 : float
        Of Lemmas F.4 and F.5, in units of ‖β_{n,±}‖.
    scale : float, optional
        λ < 1 of the initial weights; by default √(Σ a_j(0)²), which it is under Eq. 8.
    extremal : ExtremalVectors, optional
        What `extremal.find` says of the sample, if that is known already.
    time_limit : float, optional
        Seconds for `find` otherwise.

    Returns
    -------
    Phases
        `to_frame()` is a table of all measurements, `holds` the outcome by step.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For arguments that cannot be used, and λ ≥ 1, for which τ is not defined.

    Examples
    --------
    >>> import extremal
    >>> from extremal.laws import named
    >>> from extremal.training import phases
    >>> law = named("assumption41", 3)
    >>> X, y = law.sample(500, rng=0)
    >>> run = extremal.flow(X, y, width=50, scale=1e-3, init="theorem", rng=0)
    >>> print(phases(run, law.teacher).holds["F.1"])
    True
    """
    if not isinstance(trajectory, Trajectory):
        raise InvalidTypeError(
            f"trajectory is of type {type(trajectory).__name__}; expected a Trajectory, as extremal.flow returns it"
        )
    if isinstance(teacher, Linear):
        teacher = teacher.beta
    beta = as_vector(teacher, "teacher", trajectory.X.shape[1])
    if not beta.any():
        raise InvalidValueError("teacher is 0; expected a vector that has two sides")
    epsilon = as_number(epsilon, "epsilon", "a number between 0 and 1/2, such as 0.25", above=0.0)
    if epsilon >= LARGEST_EPSILON:
        raise InvalidValueError(f"epsilon is {epsilon!r}; expected a number between 0 and 1/2, such as 0.25")
    second = as_number(epsilon_2, "epsilon_2", "a number above 0, such as 0.1", above=0.0)
    third = as_number(epsilon_3, "epsilon_3", "a number above 0, such as 0.1", above=0.0)
    if extremal is not None and not isinstance(extremal, ExtremalVectors):
        raise InvalidTypeError(f"extremal is of type {type(extremal).__name__}; expected the result of extremal.find")
    given = sqrt(float(np.sum(trajectory.initial.a**2))) if scale is None else scale
    given = as_number(given, "scale", "λ between 0 and 1, such as 1e-3", above=0.0)
    if given >= 1:
        raise InvalidValueError(
            f"scale is {given!r}; expected λ between 0 and 1, such as 1e-3: the proof is about small initial weights"
        )
    return _Measuring(trajectory, beta, epsilon, second, third, given).all(extremal, time_limit)


class _Measuring:
    """The measurements on one run."""

    def __init__(self, run: Trajectory, beta: Floats, epsilon: float, second: float, third: float, scale: float):
        self.run, self.beta, self.scale = run, beta, scale
        self.epsilon, self.second, self.third = epsilon, second, third
        self.pair = clusters(run.X, run.y, run.initial.a, beta)
        directions = np.vstack([run.initial.W, beta, -beta])
        self.fastest = float(np.linalg.norm(D(run.X, run.y, directions), axis=1).max())
        self.tau = epsilon * log(1 / scale) / self.fastest if self.fastest > 0 else inf
        self.end = float(run.times[-1])
        self.found: list[Measurement] = []
        # what is kept of the run; what lies between is computed when it is needed
        self.shots = [(state.time, _network(run, state)) for state in run._records.states if state.time < self.end]
        self.shots.append((self.end, run.network))
        self.together = self._together()

    def all(self, extremal: ExtremalVectors | None, time_limit: float | None) -> Phases:
        """Go through the proof."""
        self._balance()
        self._extremal(extremal, time_limit)
        at_tau = self.run.at(self.tau) if self.tau <= self.end else None
        slow, fast = [nan, nan], [nan, nan]
        for cluster in self.pair:
            self._early(cluster, at_tau)
        self._cones()
        for cluster in self.pair:
            self._decoupled(cluster)
        for i, cluster in enumerate(self.pair):
            slow[i] = self._slow(cluster)
            fast[i] = self._fast(cluster, slow[i])
            self._final(cluster, fast[i])
        order = sorted(self.found, key=lambda item: STEPS.index(item.step))
        return Phases(
            measurements=tuple(order),
            scale=self.scale,
            tau=self.tau,
            together=self.together,
            slow=(slow[0], slow[1]),
            fast=(fast[0], fast[1]),
            bounds={cluster.name: self._kappa(cluster) for cluster in self.pair},
            end=self.end,
        )

    def _add(
        self, step: str, quantity: str, side: str, value: float, predicted: str = "", holds: bool | None = None
    ) -> None:
        value = float(value)
        known = None if holds is None or value != value else bool(holds)
        self.found.append(Measurement(step, quantity, side, value, predicted, known))

    def _together(self) -> float:
        """From when on both clusters are in their cones, and nothing is met any more."""
        crossings = self.run.crossings
        last = int(np.flatnonzero(crossings < crossings[-1])[-1]) + 1 if crossings[-1] > crossings[0] else 0
        self.last = self._refine(last)
        inside = [cluster.inside(self.run.network) for cluster in self.pair]
        self.final = [float(one.mean()) if len(one) else nan for one in inside]
        return self.last if all(one.all() for one in inside) else nan

    def _refine(self, last: int) -> float:
        """The last time that a hyperplane is met, within the step in which that is."""
        high = float(self.run.times[last])
        if last == 0:
            return high
        low, X = float(self.run.times[last - 1]), self.run.X
        before, after = self.run.at(low).activations(X), self.run.at(high).activations(X)
        late = np.flatnonzero((before != after).any(axis=0))
        after = after[:, late]
        while len(late) and high - low > 1e-3 * high:
            middle = (low + high) / 2
            network = self.run.at(middle)
            same = (Network(network.W[late], network.a[late]).activations(X) == after).all()
            low, high = (low, middle) if same else (middle, high)
        return high

    def _is_together(self, time: float) -> bool:
        return bool(time >= self.together)

    def _balance(self) -> None:
        drift, kept = balance(self.run.initial, [network for _, network in self.shots])
        words = f"0; at most {CONSERVED:g}"
        self._add("F.1", "change of a² − ‖w‖², relative to a² + ‖w‖²", "", drift, words, drift <= CONSERVED)
        self._add("F.1", "signs of a are constant", "", float(kept), "1", kept)

    def _extremal(self, known: ExtremalVectors | None, time_limit: float | None) -> None:
        found = find(self.run.X, self.run.y, time_limit=time_limit) if known is None else known
        count = len(found)
        holds = False if count > 2 else (count == 2 if found.complete else None)
        self._add("F.2", "extremal vectors", "", count, "2", holds)
        expected = np.array([cluster.D for cluster in self.pair])
        same = nan
        if count == 2:
            size = float(np.linalg.norm(expected, axis=1).max())
            offs = [float(np.abs(found.vectors - one).max()) for one in (expected, expected[::-1])]
            same = min(offs) / size if size > 0 else min(offs)
        self._add("F.2", "distance of both to D_n(±β*)", "", same, f"at most {SAME:g}", same <= SAME)

    def _early(self, cluster: Cluster, network: Network | None) -> None:
        """Lemma F.2 at τ."""
        side, log_scale, epsilon = cluster.name, log(self.scale), self.epsilon
        usable = network is not None and cluster.present and bool(cluster.D.any())
        growth, heights, cosines = (np.array([nan]) for _ in range(3))
        inside, frozen = nan, nan
        if usable:
            assert network is not None
            # a neuron that starts at a = 0 is in neither cluster
            with np.errstate(divide="ignore"):
                ratio = np.abs(network.a[cluster.neurons] / self.run.initial.a[cluster.neurons])
                growth = np.log(ratio) / log_scale
            heights, cosines = cluster.heights(network), cluster.cosines(network, cluster.D)
            inside = float(cluster.inside(network).mean())
            start = np.clip(cluster.heights(self.run.initial), -1.0, 1.0)
            with np.errstate(divide="ignore"):
                frozen = 1 - float(np.tanh(np.linalg.norm(cluster.D) * self.tau + np.arctanh(start)).min())
        within = np.abs(growth) <= 2 * epsilon
        most = f"within ±2ε = ±{2 * epsilon:g}"
        self._add(
            "F.2", "exponent of λ in |a(τ)/a(0)|, smallest", side, growth.min(), most, growth.min() >= -2 * epsilon
        )
        self._add("F.2", "exponent of λ in |a(τ)/a(0)|, largest", side, growth.max(), most, growth.max() <= 2 * epsilon)
        share = float(within.mean()) if usable else nan
        self._add("F.2", "share with |a(τ)/a(0)| in range", side, share, "1", share == 1.0)
        low = 1 - float(heights.min())
        limit = ALIGNED * self.scale**epsilon
        self._add("F.2", "1 − (w/a)·D/‖D‖ at τ, largest", side, low, f"at most 6 λ^ε = {limit:.3g}", low <= limit)
        self._add("F.2", "the same with D frozen at D_±", side, frozen)
        self._add("F.2", "1 − cos(w/a, D) at τ, largest", side, 1 - float(cosines.min()))
        self._add("F.2", "1 − cos(w/a, D) at τ, median", side, 1 - float(np.median(cosines)))
        exponent = log(low / ALIGNED) / log_scale if low > 0 else nan
        words = f"at least ε = {epsilon:g}"
        self._add("F.2", "p in 1 − (w/a)·D/‖D‖ = 6 λ^p at τ", side, exponent, words, exponent >= epsilon)
        self._add("cones", "share in its cone at τ", side, inside, "1", inside == 1.0)

    def _cones(self) -> None:
        for cluster, share in zip(self.pair, self.final, strict=True):
            value = share if cluster.present else nan
            self._add("cones", "share in its cone at the end", cluster.name, value, "1", value == 1.0)
        occupied, expected = int(self.run.cones[-1]), sum(cluster.present for cluster in self.pair)
        self._add("cones", "occupied cones at the end", "", occupied, f"{expected}", occupied == expected)
        met = bool(self.run.crossings[-1])
        words = f"at most τ = {self.tau:.4g}"
        self._add(
            "cones",
            "last time that a neuron meets a hyperplane",
            "",
            self.last,
            words,
            self.last <= self.tau or not met,
        )
        sooner = f"at most the end, {self.end:.4g}"
        begin = self.together if self.together == self.together else inf
        self._add("cones", "both in their cones from", "", begin, sooner, begin <= self.end)

    def _decoupled(self, cluster: Cluster) -> None:
        """Run the half system from when the clusters are in their cones, and compare."""
        name, side = "Σ a w of the half system − of the joint one, relative to β_n", cluster.name
        words = f"0; at most {DECOUPLED:g} rtol = {DECOUPLED * self.run.rtol:g}"
        begin = self.together
        if begin != begin or not cluster.present or begin >= self.end or cluster.size == 0:
            return self._add("F.3", name, side, nan, words)
        start = self.run.at(begin)
        neurons = cluster.neurons
        # the half system's loss has 1/(2 n_±) in front: its time runs faster
        pace = len(cluster.rows) / len(cluster.y)
        last = self._settled(cluster, begin)
        times = np.linspace(begin, last, COMPARED + 1)[1:]
        half = flow(
            cluster.X[cluster.rows],
            cluster.y[cluster.rows],
            init=Network(start.W[neurons], start.a[neurons]),
            leak=self.run.leak,
            rtol=self.run.rtol,
            gtol=0.0,
            t_max=(last - begin) * pace,
            save_at=(times[:-1] - begin) * pace,
        )
        # where nothing is left to do it has stopped before the end
        alone = [*half.observations, *[half.network] * (COMPARED - len(half.observations))]
        largest = 0.0
        for time, network in zip(times, alone, strict=True):
            off = network.a @ network.W - cluster.total(self.run.at(float(time)))
            largest = max(largest, float(np.linalg.norm(off)) / cluster.size)
        return self._add("F.3", name, side, largest, words, largest <= DECOUPLED * self.run.rtol)

    def _first(self, what: Callable[[Network], float], level: float, begin: float = 0.0) -> float:
        """The first time from `begin` with what ≥ level, nan if there is none."""
        before = None
        for time, network in self.shots:
            if time < begin:
                continue
            if what(network) >= level:
                if before is None:
                    before = begin
                    if begin == time or what(self.run.at(begin)) >= level:
                        return begin
                return self._cross(what, level, before, time)
            before = time
        return nan

    def _cross(self, what: Callable[[Network], float], level: float, low: float, high: float) -> float:
        while high - low > 1e-4 * high:
            middle = (low + high) / 2
            if what(self.run.at(middle)) >= level:
                high = middle
            else:
                low = middle
        return high

    def _reached(self, cluster: Cluster, time: float, words: str) -> tuple[float, str, bool | None]:
        """A stopping time; infinite if the run has ended without it, unknown if it was cut short."""
        if time == time:
            return time, words, True
        if cluster.present and self.run.stationary:
            return inf, words, False
        return nan, words, None

    def _slow(self, cluster: Cluster) -> float:
        """Lemma F.4: τ_2, and the alignment at τ_2."""
        side, reached = cluster.name, nan
        if cluster.present and cluster.size > 0:
            reached = self._first(cluster.squares, self.second * cluster.size)
        words = f"first time with Σ a² ≥ ε₂, at most the end, {self.end:.4g}"
        self._add("F.4", "τ_2", side, *self._reached(cluster, reached, words))
        begin, speed = cluster.squares(self.run.initial), float(np.linalg.norm(cluster.D))
        alone = log(self.second * cluster.size / begin) / (2 * speed) if begin * speed * cluster.size > 0 else nan
        self._add("F.4", "τ_2 · 2‖D_±‖/ln(ε₂/Σ a(0)²)", side, reached / alone if alone > 0 else nan)
        least, inside = nan, nan
        if reached == reached:
            network = self.run.at(reached)
            least = 1 - float(cluster.cosines(network, cluster.total(network)).min())
            inside = float(cluster.inside(network).mean())
        self._add("F.4", "1 − cos(w, Σ a w) at τ_2, largest", side, least)
        self._add("F.4", "share in its cone at τ_2", side, inside, "1", inside == 1.0)
        return reached

    def _fast(self, cluster: Cluster, begin: float) -> float:
        """Lemma F.5: τ_3."""
        side, reached, inside = cluster.name, nan, nan
        if begin == begin:
            reached = self._first(
                lambda network: -float(np.linalg.norm(cluster.beta - cluster.total(network))),
                -self.third * cluster.size,
                begin,
            )
        if reached == reached:
            inside = float(cluster.inside(self.run.at(reached)).mean())
        words = f"first time with ‖β_n − Σ a w‖ ≤ ε₃, at most the end, {self.end:.4g}"
        self._add("F.5", "τ_3", side, *self._reached(cluster, reached, words))
        self._add("F.5", "share in its cone at τ_3", side, inside, "1", inside == 1.0)
        return reached

    def _final(self, cluster: Cluster, begin: float) -> None:
        """Lemma F.6: the Polyak–Łojasiewicz constant and the rate, after τ_3."""
        side = cluster.name
        times, excesses, squares = self._losses(cluster, begin)
        constant, slowest, rate, fit = nan, nan, nan, nan
        if len(times):
            constant = float((squares / excesses).min())
        if len(times) > 2:
            logs = np.log(excesses)
            slowest = float(((logs[0] - logs[1:]) / (times[1:] - times[0])).min())
            slope, height = np.polyfit(times, logs, 1)
            rate = -float(slope)
            spread = float(np.sum((logs - logs.mean()) ** 2))
            fit = 1 - float(np.sum((logs - slope * times - height) ** 2)) / spread if spread > 0 else nan
        kappa = self._kappa(cluster)
        words = f"at least κ = 2 λ_min(H)(‖β_n‖ − ε₃) = {kappa:.4g}"
        # a strict inequality of numbers with rounding errors
        self._add("F.6", "least ‖∇L‖²/(L − min L) after τ_3", side, constant, words, constant >= kappa * (1 - 1e-9))
        words = f"at least κ = {kappa:.4g}"
        self._add("F.6", "slowest mean rate of L − min L from τ_3", side, slowest, words, slowest >= kappa * (1 - 1e-3))
        self._add("F.6", "fitted rate of L − min L", side, rate)
        self._add("F.6", "r² of the fit of its logarithm", side, fit)
        gap = nan
        if cluster.present and cluster.size > 0:
            gap = float(np.linalg.norm(cluster.beta - cluster.total(self.run.network))) / cluster.size
        limit = 1e3 * max(self.run.gtol, 1e-12)
        words = f"0; at most 1000 gtol = {limit:g}"
        # a coarse gtol stops before that can be told
        told = self.run.stationary and limit <= LIMIT
        self._add("F.6", "‖β_n − Σ a w‖/‖β_n‖ at the end", side, gap, words, gap <= limit if told else None)

    def _kappa(self, cluster: Cluster) -> float:
        least = float(np.linalg.eigvalsh(cluster.H)[0]) if len(cluster.rows) else nan
        return max(2 * least * cluster.size * (1 - self.third), 0.0)

    def _losses(self, cluster: Cluster, begin: float) -> tuple[Floats, Floats, Floats]:
        """Times from `begin` on, L_± − min L_± and ‖∇L_±‖², where they are more than rounding errors."""
        rows: list[tuple[float, float, float]] = []
        for time in self._times_from(cluster, begin):
            network, together = self.run.at(time), self._is_together(time)
            excess = cluster.excess(network, together)
            if excess > self._floor(together) * (rows[0][1] if rows else 0.0):
                rows.append((time, excess, cluster.gradient_square(network, together)))
        table = np.array(rows).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def _floor(self, together: bool) -> float:
        return self.run.rtol**2 if together else APART

    def _times_from(self, cluster: Cluster, begin: float) -> list[float]:
        """MEASURED times from `begin` to where L_± − min L_± is all errors."""
        if begin != begin or begin >= self.end:
            return []
        return np.linspace(begin, self._settled(cluster, begin), MEASURED).tolist()

    def _settled(self, cluster: Cluster, begin: float) -> float:
        """When L_± − min L_± has become all errors, or the end."""
        first = cluster.excess(self.run.at(begin), self._is_together(begin))
        for time, network in self.shots:
            together = self._is_together(time)
            if time > begin and cluster.excess(network, together) <= self._floor(together) * first:
                return time
        return self.end


def balance(initial: Network, networks: Sequence[Network]) -> tuple[float, bool]:
    """
    Measure what Lemma F.1 says is conserved.

    Parameters
    ----------
    initial : Network
        At the start.
    networks : sequence of Network
        Later ones.

    Returns
    -------
    tuple (drift, kept)
        The largest change of a² − ‖w‖² relative to a² + ‖w‖², and whether all signs of a are those of the start.
    """
    size = np.maximum(initial.a**2 + np.einsum("jd,jd->j", initial.W, initial.W), 1e-300)
    drift, kept = 0.0, True
    for network in networks:
        now = network.a**2 + np.einsum("jd,jd->j", network.W, network.W)
        change = np.abs(network.balancedness - initial.balancedness)
        drift = max(drift, float((change / np.maximum(size, now)).max()))
        kept = kept and bool((np.sign(network.a) == np.sign(initial.a)).all())
    return drift, kept


def _network(run: Trajectory, state: Any) -> Network:
    from ._trajectory import assemble

    return run.initial if state.time == 0 else assemble(run.initial, *state.parameters())
