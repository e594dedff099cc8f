"""The demonstration's mail program: one page that shows what the local mailbox was sent."""

from __future__ import annotations

import socket
from email.message import EmailMessage
from html import escape
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from delivery.mailbox import Mailbox

STYLE = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
margin:0;background:#f4f5f7;color:#1c2733}main{max-width:760px;margin:0 auto;padding:24px 16px}
article{background:#fff;border:1px solid #d9dee5;border-radius:8px;margin:0 0 20px;
overflow:hidden}
header{padding:12px 16px;border-bottom:1px solid #e6e9ee}
h1{font-size:20px}h2{font-size:16px;margin:0}
p{margin:4px 0 0;color:#5a6675;font-size:13px}iframe{width:100%;height:760px;border:0;display:block}
"""


class MailPage:
    """Serves the page from a thread of its own on a free loopback port."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        app = Starlette(routes=[Route("/", self._page)])
        config = uvicorn.Config(app, log_config=None, lifespan="off", server_header=False)
        self._server = uvicorn.Server(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    async def _page(self, _request: Request) -> HTMLResponse:
        letters = "".join(map(_letter, reversed(self._mailbox.messages)))
        body = letters or "<p>还没有邮件。 No mail yet.</p>"
        page = (
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f'<meta http-equiv="refresh" content="10"><title>演示邮箱</title><style>{STYLE}</style>'
            f"<main><h1>演示邮箱 · {len(self._mailbox.messages)} 封</h1>{body}</main></html>"
        )
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})


def _letter(mail: EmailMessage) -> str:
    part = mail.get_body(("html", "plain"))
    content = part.get_content() if part is not None else ""
    route = f"{escape(str(mail['From']))} → {escape(str(mail['To']))} · {escape(str(mail['Date']))}"
    return (
        f"<article><header><h2>{escape(str(mail['Subject']))}</h2>"
        f"<p>{route}</p></header>"
        f'<iframe sandbox srcdoc="{escape(content, quote=True)}"></iframe></article>'
    )
