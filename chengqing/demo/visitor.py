"""A person at the dashboard, over HTTP as a browser would: signs in, clicks, reads."""

from __future__ import annotations

import re
from types import TracebackType

import httpx2

TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')


class RefusedError(Exception):
    """The dashboard did not do what was asked; the message holds its answer."""


class Visitor:
    """One person's session; ``address`` is the dashboard without a final slash."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self._client = httpx2.Client(base_url=address, timeout=30, trust_env=False)
        self._token = ""
        self.read("/sign-in")
        self.click("/sign-in", email=email, password=password)
        self.read("/")

    def read(self, path: str) -> str:
        """Open a page and return its HTML.

        Raises:
            RefusedError: the answer is not 200.
        """
        answer = self._client.get(path, follow_redirects=True)
        if answer.status_code != 200:
            raise RefusedError(f"GET {path}: {answer.status_code}")
        found = TOKEN.search(answer.text)
        self._token = found.group(1) if found else self._token
        return answer.text

    def click(self, path: str, **fields: str) -> str:
        """Send a form and return where it leads.

        Raises:
            RefusedError: the answer is neither a redirect nor a page that says it worked.
        """
        answer = self._client.post(path, data={**fields, "token": self._token})
        if answer.status_code not in (302, 303):
            words = re.sub(r"<[^>]+>|\s+", " ", answer.text)[:400]
            raise RefusedError(f"POST {path}: {answer.status_code} {words}")
        return answer.headers["location"]

    def close(self) -> None:
        """End the session's connections."""
        self._client.close()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
