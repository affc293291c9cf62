"""A small OpenID Connect server for tests: it believes everybody and says of them what the test wants."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt


class IdentityServer(HTTPServer):
    """Serves discovery, token and userinfo from a thread; `claims` is what it says about the person."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.claims = {"sub": "42"}
        self.asked = []
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def address(self):
        """Return where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def sign_in(self, client, *, language="en", **query):
        """Go the way of a browser: our button, the server's page, and back to us; return our answer."""
        response = client.post(f"/{language}/accounts/oidc/un/login/", query)
        assert response.url.startswith(f"{self.address}/authorize?"), response.url
        asked = {key: values[0] for key, values in parse_qs(urlsplit(response.url).query).items()}
        self.asked.append(asked)
        back = urlsplit(asked["redirect_uri"]).path
        return client.get(back, {"code": "a-code", "state": asked["state"]})


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server.address
        if self.path == "/.well-known/openid-configuration":
            self._answer(
                {
                    "issuer": server,
                    "authorization_endpoint": f"{server}/authorize",
                    "token_endpoint": f"{server}/token",
                    "userinfo_endpoint": f"{server}/userinfo",
                    "jwks_uri": f"{server}/keys",
                }
            )
        else:
            self._answer(self.server.claims)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {"iss": self.server.address, "aud": "forum", "exp": 4_000_000_000, "iat": 1, **self.server.claims}
        token = jwt.encode(claims, "a secret of thirty-two characters", algorithm="HS256")
        self._answer({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    def _answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""
