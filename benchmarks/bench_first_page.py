"""What a respondent's first pages cost on the wire, and when they can be used on slow 3G.

    python benchmarks/bench_first_page.py

The production server (`python -m config.serve`, compressed static files, no DEBUG) serves the
questionnaire that ships with the product. Chromium opens a survey's own page and then its first
page of questions, each with an empty cache. Between the two stands a proxy that counts: bytes are
everything that came back over TCP, headers, service worker and late scripts included.

`..._bytes` and `..._requests` count until the page is loaded, `..._in_all` until nothing more comes.
`..._usable` is the first paint with the page's button there, at 400 kbit/s, 400 ms round trip and a
processor slowed down four times. The ratio is that to the aim: 30 000 bytes, 3 seconds.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.servers import free_port, wait_until  # noqa: E402

AIM_BYTES, AIM_SECONDS = 30_000, 3.0
LANGUAGES = ("en", "km", "th")
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
QUIET = 1_500  # milliseconds without a request before a page counts as having everything


class CountingProxy(threading.Thread):
    """Passes TCP through to the server and counts answers in bytes, and requests."""

    def __init__(self, upstream: int) -> None:
        super().__init__(daemon=True)
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.bytes = self.requests = 0

    def run(self) -> None:
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            for source, sink, is_answer in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._pass_on, args=(source, sink, is_answer), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(65536):
                if is_answer:
                    self.bytes += len(data)
                elif data.startswith((b"GET ", b"POST ", b"HEAD ")):
                    self.requests += 1
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The browser hung up.

    def reset(self) -> None:
        self.bytes = self.requests = 0


def production(folder: str, port: int, public: int) -> None:
    """Set this process and its children up as a production server's, with a wave to answer."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAR_DIR": folder,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{public}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from tests.surveys.factories import awareness_document, make_questionnaire, make_wave

    document = awareness_document()
    words = dict.fromkeys(document["languages"], "I have read this and agree to take part.")
    make_wave(
        questionnaire=make_questionnaire(document=document),
        slug="first-page",
        titles=document["title"],
        purpose=document["title"],
        consent_wording=words,
    )


@contextmanager
def served(port: int) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, "-m", "config.serve"], cwd=ROOT)
    try:
        wait_until(lambda: _listens(port), seconds=60, what="the server does not listen")
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def window(browser: Browser, base: str, language: str) -> BrowserContext:
    return browser.new_context(
        base_url=base,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale=language,
    )


def begin(page: Page) -> None:
    page.get_by_role("checkbox").check()
    page.locator(".respondent__next").click()
    page.wait_for_url("**/answer/**")


def weigh(page: Page, proxy: CountingProxy, address: str) -> dict[str, float]:
    """Bytes and requests of one address with an empty cache, up to load and in all."""
    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    session.send("Network.clearBrowserCache")
    proxy.reset()
    page.goto(address, wait_until="load")
    at_load = (proxy.bytes, proxy.requests)
    before = -1
    while before != proxy.requests:
        before = proxy.requests
        page.wait_for_timeout(QUIET)
    return {
        "bytes": at_load[0],
        "requests": at_load[1],
        "bytes_in_all": proxy.bytes,
        "requests_in_all": proxy.requests,
    }


def usable(page: Page, address: str) -> float:
    """Seconds until the page is painted and its button there, on slow 3G with an empty cache."""
    session = page.context.new_cdp_session(page)
    page.goto("about:blank")
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="commit")
    page.locator(".respondent__next").wait_for()
    seconds = page.evaluate(
        """() => new Promise((resolve) => {
            const give = () => {
                const [paint] = performance.getEntriesByName("first-contentful-paint");
                if (paint) resolve(paint.startTime / 1000);
                else setTimeout(give, 20);
            };
            give();
        })"""
    )
    page.wait_for_load_state("load")
    return seconds


def measure(browser: Browser, proxy: CountingProxy, base: str, language: str) -> None:
    home = f"/surveys/first-page/?language={language}"
    context = window(browser, base, language)
    found = {}
    found["landing"] = weigh(context.new_page(), proxy, home)
    context.close()

    context = window(browser, base, language)
    page = context.new_page()
    page.goto(home)
    begin(page)
    cookies = context.cookies()
    context.close()
    # A window of its own, so that neither cache nor service worker of the way here helps.
    context = window(browser, base, language)
    context.add_cookies(cookies)
    found["questions"] = weigh(context.new_page(), proxy, "/surveys/first-page/answer/")
    context.close()

    for name, facts in found.items():
        for what, value in facts.items():
            unit = "B" if "bytes" in what else "requests"
            ratio = value / AIM_BYTES if "bytes" in what else 0.0
            print(f"first_page_{name}_{language}_{what} {value} {unit} {ratio:.2f}")
    for name, address in (("landing", home), ("questions", "/surveys/first-page/answer/")):
        context = window(browser, base, language)
        if name == "questions":
            context.add_cookies(cookies)
        seconds = usable(context.new_page(), address)
        context.close()
        ratio = seconds / AIM_SECONDS
        print(f"first_page_{name}_{language}_usable {seconds:.2f} s {ratio:.2f}")


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="suara-bench-") as folder:
        proxy = CountingProxy(port)
        production(folder, port, proxy.port)
        proxy.start()
        with served(port), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=[
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update",
                    "--disable-sync",
                ],
            )  # fmt: skip
            try:
                for language in LANGUAGES:
                    measure(browser, proxy, f"http://127.0.0.1:{proxy.port}", language)
            finally:
                browser.close()


if __name__ == "__main__":
    main()
