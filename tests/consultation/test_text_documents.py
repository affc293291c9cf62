"""Documents of the United Nations, linked where a text names them."""

import re

import pytest

from consultation import text


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("(UN Doc. No. A/HRC/44/42)", "(UN Doc. No. {A/HRC/44/42}A/HRC/44/42</a>)"),
        ("**A/RES/73/195**, *E/CN.4/2005/85*", None),
        ("(GCM, para. 32)", "({A/RES/73/195}GCM, para. 32</a>)"),
        ("Pacte mondial, par. 32", "{A/RES/73/195}Pacte mondial, par. 32</a>"),
        ("S/RES/2240 (2015)", "{S/RES/2240(2015)}S/RES/2240 (2015)</a>"),
        ('A/HRC/44/42"><script>x</script>', '{A/HRC/44/42}A/HRC/44/42</a>"&gt;&lt;script&gt;x&lt;/script&gt;'),
        ("Objective 7, SDG 8.7, and/or 3", "Objective 7, SDG 8.7, and/or 3"),
    ],
)
def test_documents_are_linked_where_a_text_names_them(source, html):
    rendered = text.render(source)

    if html is None:
        assert rendered.lead.count('<a href="https://undocs.org/') == 2
    else:
        expected = re.sub(r"\{(.+?)\}", r'<a href="https://undocs.org/\1" rel="nofollow noopener ugc">', html)
        assert rendered.lead == f"<p>{expected}</p>\n"
    assert rendered.has_links is False


def test_nothing_is_linked_inside_a_link_that_somebody_wrote():
    rendered = text.render("[A/HRC/44/42](https://example.org/x) and https://undocs.org/A/HRC/35/25")

    assert re.findall('<a href="([^"]+)"', rendered.lead) == ["https://example.org/x", "https://undocs.org/A/HRC/35/25"]
    assert rendered.has_links is True


def test_an_excerpt_names_documents_as_the_text_does():
    assert text.excerpt("See **A/HRC/44/42** (GCM, para. 32).") == "See A/HRC/44/42 (GCM, para. 32)."
