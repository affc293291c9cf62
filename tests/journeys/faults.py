"""What no page may do: break, show an error, run into the content policy, or fetch from elsewhere."""

# A refused form answers 4xx as a page, which the browser also mentions on its console.
MENTIONED = "Failed to load resource: the server responded with a status of 4"
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class FaultsSeen:
    """Listens to browsers and notes every fault with the page it happened on."""

    def __init__(self, site):
        self.site = site
        self.seen = []

    def listen(self, context):
        """Listen to everything that happens in one browser."""
        context.add_init_script(TELL_OF_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(error.page, f"script failed: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def _note(self, page, what):
        self.seen.append(f"{page.url if page else '?'}: {what}")

    def _on_console(self, message):
        if message.type in ("error", "warning") and not message.text.startswith(MENTIONED):
            self._note(message.page, f"console: {message.text}")

    def _on_request(self, request):
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.seen.append(f"request to another site: {request.url}")

    def _on_response(self, response):
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind not in ("document", "xhr", "fetch")):
            self.seen.append(f"{response.status} {response.url} ({kind})")
