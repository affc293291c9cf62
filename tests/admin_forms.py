"""Forms of the admin, read and sent as a browser does it when nobody touched them."""

from html.parser import HTMLParser

from django.urls import reverse


def fields(response, form_id):
    """Return name → list of values of the form with this id; line ends are CRLF, as browsers send them."""
    reader = _FormReader(form_id)
    reader.feed(response.content.decode())
    assert reader.found, f"no form with the id {form_id}"
    return reader.values


def page(client, obj, language="en"):
    """Return the address of a row's page and what its form holds."""
    address = reverse(f"admin:{obj._meta.label_lower.replace('.', '_')}_change", args=[obj.pk])
    return address, fields(client.get(address, headers={"accept-language": language}), f"{obj._meta.model_name}_form")


def add_page(client, model):
    """Return the address of the page for a new row and what its form holds."""
    address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_add")
    return address, fields(client.get(address), f"{model._meta.model_name}_form")


def save(client, address, data, language="en"):
    """Send a form that must be accepted."""
    response = client.post(address, data, headers={"accept-language": language})
    assert response.status_code == 302, errors_of(response)
    return response


def errors_of(response):
    """Return all complaints of a form and of the rows below it."""
    context = response.context
    below = [inline.formset for inline in context["inline_admin_formsets"]]
    lists = [*context["adminform"].errors.values(), *(formset.non_form_errors() for formset in below)]
    lists += [errors for formset in below for form in formset.errors for errors in form.values()]
    return [str(error) for errors in lists for error in errors]


class _FormReader(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.found, self.inside = form_id, False, False
        self.values = {}
        self.select = self.textarea = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
            self.found = self.found or self.inside
        if not self.inside or "disabled" in attrs:
            return
        if tag == "input" and attrs.get("name"):
            self._read_input(attrs)
        elif tag == "textarea":
            self.textarea = (attrs["name"], [])
        elif tag == "select":
            self.select = (attrs["name"], "multiple" in attrs, [])
        elif tag == "option" and self.select:
            self.select[2].append((attrs.get("value", ""), "selected" in attrs))

    def _read_input(self, attrs):
        kind = attrs.get("type", "text")
        if kind in ("submit", "button", "file") or (kind in ("checkbox", "radio") and "checked" not in attrs):
            return
        value = attrs.get("value", "on" if kind == "checkbox" else "")
        self.values.setdefault(attrs["name"], []).append(value)

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            name, parts = self.textarea
            text = "".join(parts).replace("\r\n", "\n").removeprefix("\n")
            self.values.setdefault(name, []).append(text.replace("\n", "\r\n"))
            self.textarea = None
        elif tag == "select" and self.select:
            name, is_multiple, options = self.select
            chosen = [value for value, is_selected in options if is_selected]
            if not chosen and options and not is_multiple:
                chosen = [options[0][0]]
            if chosen:
                self.values.setdefault(name, []).extend(chosen)
            self.select = None
