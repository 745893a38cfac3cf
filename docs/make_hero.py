"""Draw the picture at the top of the README, with the package itself: python docs/make_hero.py."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import extremal

X = np.array([[-1.1, 0.2], [-0.7, -0.4], [0.2, -1.0], [-1.0, 0.6], [-0.4, 0.5], [0.1, 0.7], [0.5, 1.5]])
y = np.array([2, -1, 2, -1, 1, 1, -1])
COLOURS = {"maximum": "#D55E00", "minimum": "#0072B2", "saddle": "#009E73"}
# The vectors D are drawn so much longer than they are.
LONGER = 4.5


def draw_data(ax: plt.Axes, result: extremal.ExtremalVectors) -> None:
    """Draw the samples with their labels, their hyperplanes, and the extremal vectors."""
    for x in X:
        along = 3 * np.array([-x[1], x[0]]) / np.linalg.norm(x)
        ax.plot(*np.stack([-along, along], axis=1), color="#BBBBBB", linewidth=0.7, zorder=1)
    for v in sorted(result, key=lambda v: -abs(v.value)):
        ax.annotate(
            "",
            LONGER * v.D,
            (0, 0),
            zorder=3,
            arrowprops={
                "arrowstyle": "-|>,head_width=0.28,head_length=0.55",
                "color": COLOURS[v.kind],
                "linewidth": 2.2,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    for sign, face, word in ((1, "#222222", "$y_k > 0$"), (-1, "#FFFFFF", "$y_k < 0$")):
        rows = np.sign(y) == sign
        ax.scatter(
            *X[rows].T,
            s=45 * np.abs(y[rows]),
            facecolor=face,
            edgecolor="#222222",
            linewidth=1.2,
            zorder=4,
            label=f"samples $x_k$, {word}",
        )
    for kind in dict.fromkeys(result.kinds):
        word = {"maximum": "maxima", "minimum": "minima", "saddle": "saddles"}[kind]
        ax.plot([], [], color=COLOURS[kind], linewidth=2.2, label=f"D at {word} of $G_n$ (× {LONGER})")
    ax.plot([], [], color="#BBBBBB", linewidth=0.7, label="data hyperplanes")
    limit = 1.9
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    ax.set_title(f"n = {len(X)} samples and their {len(result)} extremal vectors D", fontsize=10)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=2, fontsize=8, frameon=False)


def main(path: Path) -> None:
    """Draw both panels into a file."""
    result = extremal.find(X, y)
    figure, (left, right) = plt.subplots(ncols=2, figsize=(11, 5.9), width_ratios=(1, 1.22))
    figure.subplots_adjust(left=0.04, right=0.95, bottom=0.17, top=0.94, wspace=0.14)
    draw_data(left, result)
    result.plot(ax=right, s=70)
    right.set_title("they are the critical points of $G_n$ on the unit circle", fontsize=10)
    figure.savefig(path, dpi=150, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    main(Path(__file__).parent / "_static" / "hero.png")
