"""Respondents as a load: an asyncio client that opens, begins, answers and hands in over HTTP/1.1.

It keeps connections alive and cookies apart, sends a network of its own for every respondent, and
reads no more of a page than the hidden fields it must send back.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_number = count(1)


class Refused(Exception):
    """An answer that a respondent should not have met; the message names it."""


@dataclass
class Measured:
    """Seconds of every finished respondent and of every hand-in, and what went wrong."""

    flows: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def rate(self) -> float:
        """Finished respondents per second."""
        return len(self.flows) / self.seconds if self.seconds else 0.0


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie, in the unit of the values; 0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Browser:
    """One connection that many respondents use one after the other, each with fresh cookies."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.forget()

    def forget(self) -> None:
        """Become somebody else, in another network."""
        self.cookies: dict[str, str] = {}
        number = next(_number)
        self.address = f"{20 + number // 62500 % 200}.{number // 250 % 250}.{number % 250}.7"

    async def request(
        self, method: str, path: str, form: dict | None = None
    ) -> tuple[int, str, bytes]:
        """Send one request; return status, where it leads to, and the body."""
        body = urlencode(form or {}, doseq=True).encode()
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}",
            f"X-Forwarded-For: {self.address}",
            "User-Agent: Mozilla/5.0 (Linux; Android 14) Mobile",
        ]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            head += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        is_used = self.writer is not None
        try:
            return await self._sent("\r\n".join([*head, "", ""]).encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError) as lost:
            self.writer = None
            # The server may close a connection that was idle; for a page a browser then opens
            # another and asks again.
            if is_used and method == "GET":
                return await self.request(method, path, form)
            raise Refused(f"{method} {path}: the connection was lost ({lost})") from lost

    async def _sent(self, message: bytes) -> tuple[int, str, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(message)
        return await self._answer()

    async def _answer(self) -> tuple[int, str, bytes]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status, location, length, chunked = int(first.split()[1]), "", 0, False
        for line in lines:
            name, _, value = line.partition(": ")
            match name.lower():
                case "set-cookie":
                    key, _, text = value.partition(";")[0].partition("=")
                    self.cookies[key] = text
                case "location":
                    location = value
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = value == "chunked"
        if not chunked:
            return status, location, await self.reader.readexactly(length)
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return status, location, body


async def begin(browser: Browser, wave: str) -> str:
    """Open the survey as somebody new and agree; return the address of the first page."""
    browser.forget()
    here = f"/surveys/{wave}/"
    status, _, page = await browser.request("GET", here)
    _expect(status, 200, here)
    status, location, _ = await browser.request("POST", here, {**_hidden(page), "consent": "yes"})
    _expect(status, 302, f"POST {here}")
    return location


async def answer(browser: Browser, wave: str, answers: dict, measured: Measured) -> None:
    """Open the survey, agree, answer page after page, and read the thanks."""
    started = time.perf_counter()
    location = await begin(browser, wave)
    for _page in range(30):
        status, onward, page = await browser.request("GET", location)
        _expect(status, 200, location)
        form = {**answers, **_hidden(page), "action": "next"}
        pressed = time.perf_counter()
        status, onward, page = await browser.request("POST", location.partition("?")[0], form)
        measured.posts.append(time.perf_counter() - pressed)
        _expect(status, 302, f"POST {location}")
        location = onward
        if "/thanks/" in location:
            break
    status, _, _ = await browser.request("GET", location)
    _expect(status, 200, location)
    measured.flows.append(time.perf_counter() - started)


@dataclass(frozen=True)
class Filled:
    """A page that somebody has filled in and not yet sent."""

    address: str
    cookies: dict[str, str]
    path: str
    form: dict


async def fill(
    host: str, port: int, wave: str, answers: dict, *, many: int, people: int
) -> list[Filled]:
    """So many respondents on the only page of a wave, `people` of them at once."""
    filled: list[Filled] = []
    numbers = iter(range(many))

    async def one() -> None:
        browser = Browser(host, port)
        for _number in numbers:
            location = await begin(browser, wave)
            status, _, page = await browser.request("GET", location)
            _expect(status, 200, location)
            form = {**answers, **_hidden(page), "action": "next"}
            path = location.partition("?")[0]
            filled.append(Filled(browser.address, dict(browser.cookies), path, form))

    await asyncio.gather(*(one() for _ in range(people)))
    return filled


async def hand_in(host: str, port: int, filled: list[Filled], *, people: int) -> Measured:
    """Send these pages, `people` at once, nothing else: each hands in a whole questionnaire."""
    measured = Measured()
    waiting = iter(filled)

    async def one() -> None:
        browser = Browser(host, port)
        for page in waiting:
            browser.address, browser.cookies = page.address, dict(page.cookies)
            pressed = time.perf_counter()
            try:
                status, onward, _ = await browser.request("POST", page.path, page.form)
                _expect(status, 302, f"POST {page.path}")
                if "/thanks/" not in onward:
                    raise Refused(f"POST {page.path} leads to {onward}, not to the thanks")
            except (Refused, OSError) as error:
                measured.errors.append(str(error))
                continue
            measured.posts.append(time.perf_counter() - pressed)
            measured.flows.append(measured.posts[-1])

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(people)))
    measured.seconds = time.perf_counter() - started
    return measured


async def insert(browser: Browser, _wave: str, answers: dict, measured: Measured) -> None:
    """The bare view's hand-in: one form, one row."""
    started = time.perf_counter()
    status, _, _ = await browser.request("POST", "/insert/", answers)
    _expect(status, 200, "/insert/")
    measured.flows.append(time.perf_counter() - started)


def _hidden(page: bytes) -> dict[str, str]:
    return {
        name.decode(): value.decode()
        for name, value in HIDDEN.findall(page)
        if name not in (b"shown", b"altcha")
    }


def _expect(status: int, wanted: int, what: str) -> None:
    if status != wanted:
        raise Refused(f"{what}: status {status} instead of {wanted}")


Act = Callable[[Browser, str, dict, Measured], Awaitable[None]]


async def crowd(
    act: Act, host: str, port: int, wave: str, answers: dict, *, people: int, seconds: float
) -> Measured:
    """`people` at once, each beginning anew when done, for so many seconds."""
    measured = Measured()
    until = time.perf_counter() + seconds

    async def one() -> None:
        browser = Browser(host, port)
        while time.perf_counter() < until:
            await _once(act, browser, wave, answers, measured)

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(people)))
    measured.seconds = time.perf_counter() - started
    return measured


async def stream(
    act: Act, host: str, port: int, wave: str, answers: dict, *, per_second: float, seconds: float
) -> Measured:
    """Somebody new every 1/per_second, however long the others take: an open system."""
    measured = Measured()
    free: list[Browser] = []
    under_way: set[asyncio.Task] = set()

    async def one() -> None:
        browser = free.pop() if free else Browser(host, port)
        await _once(act, browser, wave, answers, measured)
        free.append(browser)

    started = time.perf_counter()
    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        task = asyncio.create_task(one())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    measured.seconds = time.perf_counter() - started
    return measured


async def _once(act: Act, browser: Browser, wave: str, answers: dict, measured: Measured) -> None:
    try:
        await act(browser, wave, answers, measured)
    except (Refused, OSError) as error:
        measured.errors.append(str(error))
