"""A browser without scripts: it reads pages as a person does and sends the forms it was shown."""

import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.test import Client, TestCase


class Browser(Client):
    """A client whose every request ends with a commit, so that what waits for one happens.

    `page` is the last page read, `address` where it stands, `status` what the server answered.
    """

    def __init__(self, **defaults):
        super().__init__(**defaults)
        self.page = BeautifulSoup("", "html.parser")
        self.address = "/"
        self.status = 0

    def request(self, **request):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)

    @property
    def text(self) -> str:
        """The words of the page, with single spaces."""
        return words_of(self.page)

    def open(self, address: str) -> BeautifulSoup:
        """Go to an address, also one with this site's own host, and through redirects."""
        return self._show(self.get(_local(address), follow=True), _local(address))

    def follow(self, label: str, *, within: str = "main") -> BeautifulSoup:
        """Click the first link of the page whose words match `label`."""
        for link in self.page.select(f"{within} a[href]"):
            if re.search(label, words_of(link)):
                return self.open(urljoin(self.address, link["href"]))
        raise AssertionError(f"No link {label!r} at {self.address}: {self.text[:2000]}")

    def send(self, form: str = "main form[method=post]", **filled) -> BeautifulSoup:
        """Send the page's first form that matches, as it stands but for what is `filled` in."""
        found = self.page.select_one(form)
        assert found is not None, f"No form {form!r} at {self.address}: {self.text[:2000]}"
        target = _local(urljoin(self.address, found.get("action") or self.address))
        answer = self.post(target, {**fields_of(found), **filled}, follow=True)
        return self._show(answer, target)

    def sign_in(self, email: str, password: str) -> BeautifulSoup:
        """Sign in by e-mail through the site's own form."""
        self.open("/accounts/login/")
        return self.send("main form[method=post]", login=email, password=password)

    def _show(self, response, address: str) -> BeautifulSoup:
        self.address = response.redirect_chain[-1][0] if response.redirect_chain else address
        self.status = response.status_code
        self.page = BeautifulSoup(response.content, "html.parser")
        return self.page


def words_of(part: Tag) -> str:
    return " ".join(part.get_text(" ").split())


def fields_of(form: Tag) -> dict[str, list[str]]:
    """What a browser would send if nobody touched the form."""
    fields: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        kind = field.get("type", "text") if field.name == "input" else field.name
        if kind in {"submit", "button", "image", "file"} or field.has_attr("disabled"):
            continue
        if kind in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        if kind == "select":
            values = [option.get("value", "") for option in field.select("option[selected]")]
            if not values and not field.has_attr("multiple"):
                values = [option.get("value", "") for option in field.select("option")[:1]]
        elif kind == "textarea":
            values = [field.get_text().removeprefix("\n")]
        else:
            values = [field.get("value", "on" if kind in {"checkbox", "radio"} else "")]
        fields.setdefault(field["name"], []).extend(values)
    return fields


def open_newest_mail(browser: Browser, address: str, *, subject: str = "") -> BeautifulSoup:
    """Open the newest letter to `address` about `subject` in the site's outbox page."""
    browser.open(f"/outbox/?q={address}")
    return browser.follow(f"(?i){subject}", within=".mail-list")


def link_in_mail(browser: Browser, pattern: str) -> str:
    """The first address of the opened letter's text that matches `pattern`."""
    for link in browser.page.select(".mail-text a[href]"):
        if re.search(pattern, link["href"]):
            return link["href"]
    raise AssertionError(f"No link {pattern!r} in the letter: {browser.text}")


def _local(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc:
        assert address.startswith((settings.PUBLIC_URL, "http://testserver")), (
            f"{address} leads away from the site."
        )
    return parts._replace(scheme="", netloc="").geturl() or "/"
