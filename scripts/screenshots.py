"""Takes the pictures of the README and of every page at each size: `make screenshots`.

A site with the bundled records is started on a port of its own, with a data folder that is thrown away.
With a folder as argument, every page is taken there in three widths, light and dark, English and French.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

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
def site() -> Iterator[str]:
    """The address of a fresh site, stopped afterwards."""
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
            yield address
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
    browser: Browser, address: str, file: Path, *, width: int, dark: bool = False, whole: bool = False
) -> None:
    """One page at one width; OverflowError when it is wider than the window."""
    size: ViewportSize = {"width": width, "height": SIZES[width]}
    page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light")
    page.goto(address, wait_until="networkidle")
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


def every_page(browser: Browser, address: str, folder: Path) -> None:
    """Each page in each width, theme and language, whole."""
    for name, path in PAGES.items():
        for language in ("en", "fr"):
            for width in SIZES:
                for dark in (False, True):
                    file = folder / f"{name}-{language}-{width}-{'dark' if dark else 'light'}.png"
                    picture(browser, f"{address}{language}/{path}", file, width=width, dark=dark, whole=True)


def main() -> None:
    """Take the README's pictures, or every page into the folder named."""
    with site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        if len(sys.argv) > 1:
            every_page(browser, address, Path(sys.argv[1]))
        else:
            for_the_readme(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
