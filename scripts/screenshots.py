"""Takes the pictures of the README and of every page at each size: `make screenshots`.

A site with the bundled records is started on a port of its own, with a data folder that is thrown away.
With a folder as argument, every page is taken there in three widths, light and dark, English and French;
words after it choose pages by the beginning of their names: `... scripts/screenshots.py /tmp/pictures inbox`.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from screenshots_contact import Shown, closed_pages, shown_pages, staff_pages

HOME = Path(__file__).resolve().parents[1]
PICTURES = HOME / "docs/pictures"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SIZES = {360: 780, 768: 1024, 1280: 900}
PAGES = {
    "start": "",
    "search": "studies/?q=fausse+couche&near=Lyon&km=any",
    "nothing": "studies/?q=miscarriage&near=Brest&km=10&age=17",
    "error": "studies/?q=miscarriage&near=Xyzzyville&age=900",
    "study": "studies/NCT05557201/",
    "study-near": "studies/NCT05557201/?near=Lyon",
    "missing": "studies/NCT00000000/",
}


@contextmanager
def site() -> Iterator[tuple[str, Path]]:
    """The address of a fresh site and its data folder; stopped and thrown away afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "GRAVIDA_DATA": data, "GRAVIDA_DEBUG": "0"}
        command = [sys.executable, "-m", "gravida", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(command, cwd=HOME, env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}/"
            _wait_for(address)
            yield address, Path(data)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within a minute")


def picture(
    browser: Browser,
    address: str,
    file: Path,
    *,
    width: int,
    dark: bool = False,
    whole: bool = False,
    state: Path | None = None,
    press: Callable[[Page], None] | None = None,
) -> None:
    """One page at one width; OverflowError when it is wider than the window."""
    size: ViewportSize = {"width": width, "height": SIZES[width]}
    page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light", storage_state=state)
    page.goto(address, wait_until="networkidle")
    if press:
        press(page)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, full_page=whole)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        raise OverflowError(f"{address} is wider than {width} px")
    page.close()


def for_the_readme(browser: Browser, address: str) -> None:
    """The pictures that the README shows."""
    picture(browser, f"{address}en/studies/NCT05557201/?near=Lyon", PICTURES / "study.png", width=1280)
    picture(
        browser,
        f"{address}fr/studies/?q=fausse+couche&near=Lyon&km=any",
        PICTURES / "search-telephone.png",
        width=360,
        dark=True,
    )


def every_page(browser: Browser, address: str, data: Path, folder: Path, *, named: tuple[str, ...]) -> None:
    """Each page in each width, theme and language, whole; or those whose names begin so."""
    for shown in _all_pages(browser, address, data):
        if named and not shown.name.startswith(named):
            continue
        for width in SIZES:
            for dark in (False, True):
                theme = "dark" if dark else "light"
                file = folder / f"{shown.name}-{shown.language}-{width}-{theme}.png"
                picture(
                    browser,
                    f"{address}{shown.language}/{shown.path}",
                    file,
                    width=width,
                    dark=dark,
                    whole=True,
                    state=shown.state,
                    press=shown.press,
                )


def _all_pages(browser: Browser, address: str, data: Path) -> Iterator[Shown]:
    for language in ("en", "fr"):
        for name, path in PAGES.items():
            yield Shown(name=name, language=language, path=path)
        yield from shown_pages(browser, address, data, language)
        yield from staff_pages(browser, address, data, language)
    yield from closed_pages(browser, data, address)


def main() -> None:
    """Take the README's pictures, or every page into the folder named."""
    with site() as (address, data), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        if len(sys.argv) > 1:
            every_page(browser, address, data, Path(sys.argv[1]), named=tuple(sys.argv[2:]))
        else:
            for_the_readme(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
