"""Pasting: what comes from a word processor or a page keeps its lists, its emphasis and its links, and no junk."""

import pytest
from playwright.sync_api import expect

from tests.accounts.steps import person

from . import scene

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin: 0cm}</style></head>
<body lang=EN-GB><!--StartFragment-->
<h2 style='mso-fareast-font-family:"Times"'>Our <span style='color:red'>position</span><o:p></o:p></h2>
<p class=MsoNormal><b>Bold</b> and <i style='mso-bidi:x'>slanted</i>
words,&nbsp;see <a href="https://www.example.org/a(1)">our report</a>.<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7pt "Times"'>&nbsp; </span></span><![endif]>First point</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o </span>Below it</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1. </span>Numbered</p>
<p class=MsoNormal><a href="javascript:alert(1)">Harmless</a><br>words</p>
<table><tr><td><p>A1</p></td><td><p>B1</p></td></tr></table><!--EndFragment--></body></html>"""
WORD_AS_TEXT = (
    "**Our position**\n\n**Bold** and *slanted* words,\xa0see [our report](https://www.example.org/a%281%29).\n\n"
    "- First point\n    - Below it\n1. Numbered\n\nHarmless\nwords\n\nA1 | B1"
)
WRITER = """<b style="font-weight: normal"><p><span style="font-weight: 700">Strong</span>
<span style="font-weight: 400">and plain</span></p>
<ul><li><p>one</p></li><li>two<ol start="3"><li>three</li></ol></li></ul></b>"""

# As the browser does it, but with what the test has on the clipboard.
PASTE = """(area, [html, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  area.focus();
  return area.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize(
    ("html", "written"),
    [(WORD, WORD_AS_TEXT), (WRITER, "**Strong** and plain\n\n- one\n- two\n    3. three")],
    ids=["word", "writer"],
)
def test_a_paste_keeps_lists_emphasis_and_links_and_can_be_undone(visitors, site, html, written):
    page = visitors.open(person(), f"/en/roundtables/{scene.roundtable().slug}/contribute/")
    area = page.get_by_label("Your contribution")
    area.evaluate(PASTE, [html, "not this"])
    expect(area).to_have_value(written)
    area.press("Control+Z")
    expect(area).to_have_value("")


@pytest.mark.parametrize(
    "html",
    [
        "<span style='font-size: 12pt'>just words</span>",
        "<div style='white-space: pre; font-family: Mono'><b>if</b>  x:</div>",
        "<p>without anything</p>",
    ],
    ids=["words", "program", "plain"],
)
def test_what_has_nothing_to_keep_is_pasted_by_the_browser(visitors, site, html):
    page = visitors.open(person(), f"/en/roundtables/{scene.roundtable().slug}/contribute/")

    is_left_alone = page.get_by_label("Your contribution").evaluate(PASTE, [html, " just words "])

    assert is_left_alone
