"""What a reader does with a page, and what serves it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait

from newsreel.app import Newsreel, Serving
from newsreel.service import create_app
from newsreel.service.serving import Server


@contextmanager
def serving(newsreel: Newsreel) -> Iterator[str]:
    """Where this archive is served meanwhile."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(create_app(Serving(newsreel)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=30)


def one(page: WebDriver, selector: str) -> WebElement:
    return page.find_element(By.CSS_SELECTOR, selector)


def every(page: WebDriver, selector: str) -> list[WebElement]:
    return page.find_elements(By.CSS_SELECTOR, selector)


def search(page: WebDriver, words: str) -> None:
    box = one(page, "#q")
    box.clear()
    box.send_keys(words, Keys.ENTER)
    WebDriverWait(page, 20).until(lambda p: p.title.startswith(words[:20]))


def follow(page: WebDriver, link: WebElement) -> None:
    click(page, link)
    WebDriverWait(page, 20).until(when.staleness_of(link))


def click(page: WebDriver, element: WebElement) -> None:
    page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
    ActionChains(page).move_to_element(element).click().perform()


def focused(page: WebDriver) -> WebElement:
    return page.switch_to.active_element


def press(page: WebDriver, keys: str) -> None:
    focused(page).send_keys(keys)
