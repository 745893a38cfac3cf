"""Figures as SVG text within a page: they take its colours and its font, and share no id.

Text and axes are drawn in black and grey, data in the colours of `_style`. In the text of the SVG each of these
becomes ``currentColor`` or a property of the page's style, so that a figure is readable on light and on dark. The
legend goes below the Axes, where it hides nothing, however narrow the figure is.
"""

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["draw_inline"]

# Inches and points. On a phone the figure is about as wide as this, so that its text stays as large.
WIDTH, HEIGHT = 4.8, 3.2
TEXT, LABEL = 9.5, 10.0
# Of a line of the legend, and of an entry that has room for another beside it: inches, letters.
LINE, SHORT = 0.2, 26
# Between words, and between words and the frame: pixels of a hundredth of an inch.
MARGIN = 2.0
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
# What the page's style calls a colour; in a page that does not, it stays what it is.
COLOURS = {
    "#000000": "currentColor",
    "#333333": "currentColor",
    "#555555": "currentColor",
    "#666666": "var(--muted, #666666)",
    "#777777": "var(--muted, #777777)",
    "#999999": "var(--muted, #999999)",
    "#dddddd": "var(--grid, #dddddd)",
    "#ffffff": "var(--paper, #ffffff)",
    "#0072b2": "var(--blue, #0072b2)",
    "#d55e00": "var(--orange, #d55e00)",
    "#009e73": "var(--green, #009e73)",
    "#cc79a7": "var(--pink, #cc79a7)",
    "#e69f00": "var(--amber, #e69f00)",
    "#56b4e9": "var(--sky, #56b4e9)",
}
COLOUR = re.compile("|".join(COLOURS))
DECIMALS = re.compile(r"-?\d+\.\d{3,}")
FAMILY = re.compile(r"font-family:[^;]*;?\s*|font: (?P<size>[\d.]+px)[^;]*", re.DOTALL)


def draw_inline(draw: Callable[["Axes"], Any], prefix: str, words: str, *, rows: int | None = None) -> str:
    """
    Draw a figure, and give it as an element for a page.

    Parameters
    ----------
    draw : callable
        Called with the Axes.
    prefix : str
        What all ids begin with; different for each figure of a page.
    words : str
        What the figure shows, for those who do not see it.
    rows : int, optional
        The number of rows, if it is a list of them: the height goes with it.

    Returns
    -------
    str
        An ``svg`` element.
    """
    from matplotlib import rc_context, style
    from matplotlib.figure import Figure

    sizes = {"font.size": TEXT, "axes.labelsize": LABEL, "xtick.labelsize": TEXT, "ytick.labelsize": TEXT}
    settings: Any = {**sizes, "svg.fonttype": "none", "svg.hashsalt": prefix}
    # the same figure whatever the user's own style, and the same file from the same numbers
    with style.context("default"), rc_context(settings):
        height = HEIGHT if rows is None else 0.75 + 0.36 * rows
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        ax = figure.subplots()
        draw(ax)
        ax.set_title("")
        for note in ax.texts:
            note.set_fontsize(TEXT - 0.5)
        _put_legend_below(figure, ax)
        figure.draw_without_rendering()
        _leave_out_notes(ax)
        _thin_out(ax.xaxis)
        _as_outlines(figure)
        file = io.BytesIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return _for_a_page(ElementTree.fromstring(file.getvalue()), prefix, words)


def _put_legend_below(figure: "Figure", ax: "Axes") -> None:
    old = ax.get_legend()
    if old is None:
        return
    handles, labels = ax.get_legend_handles_labels()
    title = old.get_title().get_text()
    old.remove()
    columns = 2 if len(labels) > 2 and max(map(len, labels)) <= SHORT else 1
    if len(labels) == 2 and sum(map(len, labels)) <= 2 * SHORT:
        columns = 2
    lines = -(-len(labels) // columns) + bool(title)
    figure.set_figheight(figure.get_figheight() + LINE * lines)
    place: dict[str, Any] = {"loc": "outside lower left", "ncols": columns, "frameon": False, "alignment": "left"}
    figure.legend(handles, labels, title=title or None, fontsize=TEXT, title_fontsize=TEXT, labelspacing=0.3, **place)


def _leave_out_notes(ax: "Axes") -> None:
    """Leave out words that have no room within the Axes; the legend has them too."""
    for note in list(ax.texts):
        box = note.get_window_extent().padded(MARGIN)
        if box.x0 < ax.bbox.x0 or box.x1 > ax.bbox.x1:
            note.remove()


def _thin_out(axis: "Axis") -> None:
    """Leave out labels that touch the one before."""
    from matplotlib.ticker import FixedLocator

    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high and tick.label1.get_text()]
    boxes = [tick.label1.get_window_extent().padded(MARGIN) for tick in ticks]
    kept: list[int] = []
    for i, box in enumerate(boxes):
        if not kept or not box.overlaps(boxes[kept[-1]]):
            kept.append(i)
    if len(kept) < len(ticks):
        axis.set_major_locator(FixedLocator([float(ticks[i].get_loc()) for i in kept]))


def _as_outlines(figure: "Figure") -> None:
    """Draw formulas as outlines: their signs are in fonts that the reader may not have."""
    from matplotlib.patheffects import Normal
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_text().count("$") - text.get_text().count(r"\$") > 1:
            # matplotlib draws text that has an effect as a path, and this effect changes nothing
            text.set_path_effects([Normal()])


def _for_a_page(root: ElementTree.Element, prefix: str, words: str) -> str:
    used = {link[1:] for element in root.iter() if (link := element.get(LINK))}
    used |= {name for element in root.iter() for value in element.attrib.values() for name in _urls(value)}
    for parent in list(root.iter()):
        # metadata would be words of the page, and a style within a page is one of the whole page
        for child in [c for c in parent if c.tag in (f"{SVG}metadata", f"{SVG}style")]:
            parent.remove(child)
    for element in root.iter():
        element.attrib = {name.rpartition("}")[2]: value for name, value in _clean(element, used, prefix)}
        element.tag = element.tag.removeprefix(SVG)
        element.tail = None
        if element.text is not None and not element.text.strip():
            element.text = None
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-label": words,
        "style": "fill: currentColor; stroke-linejoin: round",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, used: set[str], prefix: str) -> list[tuple[str, str]]:
    """The attributes of an element: ids that are used, in the figure's own name, and the page's colours and font."""
    kept = []
    for name, value in element.attrib.items():
        if name == "id":
            if value not in used:
                continue
            value = f"{prefix}{value}"
        elif name == LINK:
            value = f"#{prefix}{value[1:]}"
        elif name in ("d", "x", "y", "transform", "points"):
            value = DECIMALS.sub(lambda digits: f"{float(digits[0]):.2f}", " ".join(value.split()))
        elif name in ("style", "fill"):
            value = COLOUR.sub(lambda found: COLOURS[found[0]], value)
            if element.tag == f"{SVG}text":
                value = FAMILY.sub(lambda found: f"font-size: {found['size']}" if found["size"] else "", value)
        kept.append((name, re.sub(r"url\(#", f"url(#{prefix}", value)))
    return kept


def _urls(value: str) -> list[str]:
    return re.findall(r"url\(#([^)]+)\)", value)
