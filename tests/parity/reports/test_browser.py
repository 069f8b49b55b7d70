"""The HTML report in a real browser: content, a phone's width, both themes, no errors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from migrate.demo import material
from migrate.demo import run as demo
from migrate.markup.theme import DARK, LIGHT
from migrate.parity.reports import Format, render
from tests.parity.reports.results import many

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PHONE, DESK = 360, 1280

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="no browser: apt-get install chromium chromium-driver"),
]
# The lowest contrast of any text that is shown to what stands behind it, and that text.
CONTRAST = """
const channel = value => { const c = value / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = element => {
  for (let one = element; one; one = one.parentElement) {
    const colour = numbers(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
};
let worst = [21, ""];
for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.tagName === "SCRIPT") continue;
  const style = getComputedStyle(element);
  const text = light(numbers(element.namespaceURI.endsWith("svg") ? style.fill : style.color));
  const ground = light(behind(element));
  const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  if (contrast < worst[0]) worst = [contrast, walker.currentNode.data];
}
return worst;
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = BROWSER or ""
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of the real engines, and one of 1,000 prompts under load with texts that try to break out."""
    folder = tmp_path_factory.mktemp("pages")
    for name, compared in (("real", demo.compared(material.recordings())), ("large", many(1000))):
        (folder / name).with_suffix(".html").write_bytes(render(compared, Format.HTML))
    return {path.stem: path for path in folder.iterdir()}


def show(browser: Chrome, page: Path, width: int = DESK, theme: str = "light") -> None:
    feature = {"name": "prefers-color-scheme", "value": theme}
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())


def ask(browser: Chrome, script: str) -> Any:
    return browser.execute_script(script)  # type: ignore[no-untyped-call]


def ground(browser: Chrome) -> str:
    colour = ask(browser, "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    return "#" + "".join(f"{part:02x}" for part in colour)


@pytest.mark.parametrize("name", ["real", "large"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_is_wider_than_the_window(name: str, width: int, browser: Chrome, pages: dict[str, Path]) -> None:
    show(browser, pages[name], width)
    ask(browser, "for (const one of document.querySelectorAll('details')) one.open = true")
    room, taken = ask(browser, "const root = document.documentElement; return [root.clientWidth, root.scrollWidth]")
    assert taken == room <= width


@pytest.mark.parametrize("name", ["real", "large"])
def test_there_are_no_errors(name: str, browser: Chrome, pages: dict[str, Path]) -> None:
    show(browser, pages[name])
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
    assert ask(browser, "return document.querySelectorAll('img').length") == 0
    assert ask(browser, "return performance.getEntriesByType('resource').length") == 0


def test_the_verdict_is_what_is_seen_first(browser: Chrome, pages: dict[str, Path]) -> None:
    show(browser, pages["real"], PHONE)
    verdict = browser.find_element(By.CSS_SELECTOR, "[role=status]")
    assert verdict.text.splitlines()[0] == "✓ PASS"
    assert verdict.rect["y"] + verdict.rect["height"] < 400


def test_stages_plots_and_prompts_are_there(browser: Chrome, pages: dict[str, Path]) -> None:
    show(browser, pages["real"])
    rows = [row.text.split() for row in browser.find_elements(By.CSS_SELECTOR, "#stages ~ table tbody tr")]
    assert {"accepted", "prompt", "greedy", "divergence", "shapes"} <= {row[0] for row in rows}
    assert len(browser.find_elements(By.TAG_NAME, "svg")) == 8
    first = browser.find_element(By.CSS_SELECTOR, ".prompt")
    assert not first.find_element(By.TAG_NAME, "mark").is_displayed()
    first.find_element(By.TAG_NAME, "summary").click()
    assert first.find_element(By.TAG_NAME, "mark").is_displayed()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_plots_are_drawn_inside_their_frames_and_can_be_read(
    width: int, browser: Chrome, pages: dict[str, Path]
) -> None:
    show(browser, pages["large"], width)
    script = """
    return [...document.querySelectorAll('svg')].map(svg => {
      const frame = svg.getBoundingClientRect();
      const parts = [...svg.querySelectorAll('text')].map(one => one.getBoundingClientRect());
      return [
        parts.every(one => one.left >= frame.left - 1 && one.right <= frame.right + 1),
        13 * frame.width / svg.viewBox.baseVal.width,
      ];
    });
    """
    drawn = ask(browser, script)
    assert len(drawn) == 10
    assert all(inside for inside, _ in drawn)
    assert min(size for _, size in drawn) > 10


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("name", ["real", "large"])
def test_each_theme_can_be_read(
    theme: str, colours: dict[str, str], name: str, browser: Chrome, pages: dict[str, Path]
) -> None:
    show(browser, pages[name], theme=theme)
    ask(browser, "[...document.querySelectorAll('details')].slice(0, 20).forEach(one => { one.open = true })")
    assert ground(browser) == colours["ground"]
    contrast, text = ask(browser, CONTRAST)
    assert contrast >= 4.5, text


def test_the_reader_may_choose_the_other_theme(browser: Chrome, pages: dict[str, Path]) -> None:
    show(browser, pages["real"], theme="dark")
    button = browser.find_element(By.ID, "theme")
    for label, colours in (("Light theme", LIGHT), ("Dark theme", DARK)):
        assert button.text == label
        button.click()
        assert ground(browser) == colours["ground"]
