"""A browser and a running service for it; both are skipped, and say so, where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from reading import serving
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

from newsreel.app import Newsreel

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """Debian's Chromium, with a profile of its own."""
    browser, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not chromedriver:
        pytest.skip("the browser tests need Debian's chromium and chromium-driver (see tests/browser/install-chromium)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in (*_ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=Service(chromedriver))
    try:
        yield started
    finally:
        started.quit()


@pytest.fixture(scope="session")
def address(newsreel: Newsreel) -> Iterator[str]:
    """Where the sample archive is served."""
    with serving(newsreel) as address:
        yield address


@pytest.fixture(autouse=True)
def _left_blank(driver: WebDriver) -> Iterator[None]:
    """A page that is left open goes on playing and asking, beside all the tests that follow."""
    yield
    driver.get("about:blank")


@pytest.fixture
def page(driver: WebDriver, address: str) -> Iterator[WebDriver]:
    """The browser on the search page; a test fails if the browser complained while it ran."""
    _emulate(driver)
    driver.get_log("browser")
    driver.get(address)
    yield driver
    complaints = [entry["message"] for entry in driver.get_log("browser")]
    _emulate(driver)
    assert not complaints


def _emulate(driver: WebDriver) -> None:
    """Undo what a test changed about the device."""
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
