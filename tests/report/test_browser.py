"""The report in a browser: it fits phones and desktops, is readable on light and dark, and asks for nothing else.

Chromium is driven without a display; where it, its driver or selenium is not installed these tests are skipped.
"""

import os
import shutil
from itertools import product

import pytest

from extremal.report import write_report

webdriver = pytest.importorskip("selenium.webdriver")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
if BROWSER is None or DRIVER is None:
    pytest.skip("Chromium or its driver is not installed", allow_module_level=True)

OPTIONS = ("headless", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking")
OPTIONS += ("disable-component-update", "disable-sync", "hide-scrollbars")
PHONE, DESKTOP = (360, 740), (1280, 800)
VIEWS = list(product((PHONE, DESKTOP), ("light", "dark")))
# Contrast that text needs by WCAG 2.1, level AA; of lines and markers.
TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
# Pixels: what is read on a phone is no smaller.
SMALLEST = 8.0

# Colours as the browser computes them; the background is that of the nearest ancestor that has one.
COLOURS = """
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const read = text => text.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const background = element => {
  for (let e = element; e; e = e.parentElement) {
    const colour = read(getComputedStyle(e).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const contrast = (element, colour) => {
  const [a, b] = [luminance(read(colour)), luminance(background(element))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
"""


@pytest.fixture(scope="module")
def driver(verification, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    write_report(verification, folder / "report.html")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    root = ("no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
    for word in (*OPTIONS, *root, f"user-data-dir={folder / 'profile'}"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    started.get((folder / "report.html").as_uri())
    yield started
    started.quit()


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0][0]}-{view[1]}")
def view(driver, request):
    """The page at a size and in a scheme, with everything in it opened."""
    (width, height), scheme = request.param
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": (width, height) == PHONE}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    open_all(driver, True)
    return driver


def open_all(driver, opened):
    driver.execute_script("document.querySelectorAll('details').forEach(e => { e.open = arguments[0]; });", opened)


def test_the_scheme_is_what_was_asked_for(view, request):
    scheme = request.node.callspec.params["view"][1]
    colour = view.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (colour == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.mark.parametrize("opened", [True, False], ids=["open", "closed"])
def test_the_page_does_not_scroll_sideways(view, opened):
    open_all(view, opened)
    wide, room = view.execute_script(
        "const e = document.documentElement; return [Math.max(e.scrollWidth, document.body.scrollWidth), e.clientWidth]"
    )
    assert wide <= room
    # nothing is cut off either, but for what scrolls within itself
    outside = view.execute_script("""
        const wide = document.documentElement.clientWidth;
        return [...document.querySelectorAll("main *, nav *, header *, footer *")].filter(e =>
            !e.closest(".scroll") && !e.closest("thead") && !e.closest("svg *") && e.getBoundingClientRect().width
            && (e.getBoundingClientRect().right > wide + 0.5 || e.getBoundingClientRect().left < -0.5)
        ).map(e => `${e.tagName} ${e.textContent.slice(0, 60)}`)
    """)
    assert outside == []


def test_text_has_contrast(view):
    poor, seen = view.execute_script(
        COLOURS
        + """
        const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        const poor = [], seen = new Set();
        for (const e of document.querySelectorAll("body *")) {
            if (!own(e) || e.tagName === "STYLE") continue;
            const style = getComputedStyle(e), svg = e.tagName === "text";
            seen.add(e.tagName.toLowerCase());
            const found = contrast(e, svg ? style.fill : style.color);
            if (found < arguments[0] || style.opacity !== "1") poor.push([e.tagName, e.textContent, found]);
        }
        return [poor, [...seen]];
    """,
        TEXT_CONTRAST,
    )
    assert poor == []
    assert {"h1", "h2", "p", "td", "th", "dt", "dd", "span", "a", "code", "summary", "caption", "text"} <= set(seen)


def test_data_have_contrast(view):
    """Lines and markers of the figures; a grid and bands may be faint."""
    poor, number = view.execute_script(
        COLOURS
        + """
        const poor = [];
        let number = 0;
        for (const e of document.querySelectorAll("figure svg path, figure svg use")) {
            const style = getComputedStyle(e), named = (e.getAttribute("style") || "");
            if (!/stroke: (var\\(--(blue|orange|green|pink|amber|sky)|currentColor)/.test(named)) continue;
            number += 1;
            const found = contrast(e.closest("figure"), style.stroke);
            if (found < arguments[0]) poor.push([named, found]);
        }
        return [poor, number];
    """,
        LINE_CONTRAST,
    )
    assert poor == []
    assert number > 20


def test_words_in_figures_can_be_read(view):
    sizes = view.execute_script("""
        return [...document.querySelectorAll("figure svg text")].map(e => {
            const svg = e.closest("svg"), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(e).fontSize) * scale;
        })
    """)
    assert len(sizes) > 20
    assert min(sizes) >= SMALLEST
    # nor larger than headings
    assert max(sizes) <= 18


def test_words_in_figures_are_within_them(view):
    outside = view.execute_script("""
        return [...document.querySelectorAll("figure svg text")].filter(e => {
            const [a, b] = [e.getBoundingClientRect(), e.closest("svg").getBoundingClientRect()];
            return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
        }).map(e => e.textContent)
    """)
    assert outside == []


def test_rows_are_cards_on_a_phone(view, request):
    """Each cell is below the one before, and has its name beside it."""
    phone = request.node.callspec.params["view"][0] == PHONE
    stacked, labels = view.execute_script("""
        const cells = [...document.querySelector("main table.cards tbody tr").querySelectorAll("td:not(.verdict)")];
        const tops = cells.map(e => e.getBoundingClientRect().top);
        return [tops.every((top, i) => i === 0 || top > tops[i - 1]),
                cells.map(e => getComputedStyle(e, "::before").content)];
    """)
    assert stacked == phone
    words = ['"Measured"', '"Interval"', '"Predicted"', '"Why"']
    assert labels == (words if phone else ["none"] * 4)


def test_links_of_the_contents_lead_to_their_sections(driver, verification):
    places = driver.execute_script("""
        const found = [];
        for (const link of document.querySelectorAll("nav a")) {
            link.click();
            const target = document.querySelector(":target");
            found.push([link.textContent, target && target.tagName, target && target.querySelector("h2").textContent]);
        }
        return found;
    """)
    assert len(places) == len(verification)
    for name, tag, heading in places:
        assert (tag, heading) == ("SECTION", name)


def test_no_id_is_there_twice(driver):
    ids = driver.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) > 20
    assert len(ids) == len(set(ids))


def test_nothing_else_is_asked_for_and_nothing_goes_wrong(driver):
    assert driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    (page,) = driver.execute_script("return performance.getEntriesByType('navigation').map(e => e.name)")
    assert page.startswith("file:")
    assert driver.get_log("browser") == []
    # what came with the names of statements is text
    assert driver.execute_script("return document.scripts.length") == 0


def test_the_contents_can_be_skipped(driver):
    driver.execute_script("document.querySelector('.skip').focus()")
    box = driver.execute_script(
        "const b = document.querySelector('.skip').getBoundingClientRect(); return [b.x, b.width]"
    )
    assert box[0] >= 0
    driver.execute_script("document.querySelector('.skip').click()")
    assert driver.execute_script("return document.activeElement.id") == "main"


def test_paper_has_everything_on_white(driver):
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": dark})
    open_all(driver, False)
    colour, shown = driver.execute_script("""
        return [getComputedStyle(document.body).backgroundColor,
                [...document.querySelectorAll("details table")].every(e => e.checkVisibility())]
    """)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert colour == "rgb(255, 255, 255)"
    assert shown or not driver.execute_script("return CSS.supports('selector(::details-content)')")
