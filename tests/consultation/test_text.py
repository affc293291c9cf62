"""Safe HTML: nothing that was typed is lost, and nothing that was typed is markup of the page."""

import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from consultation import text
from consultation.text import Term, clean_source, excerpt, mark_terms, plain_terms, render

# Its notes are of no use to us, and a folder of them in the project would be collected as tests.
set_hypothesis_home_dir(Path(tempfile.gettempdir(), "hypothesis"))

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a"}
REL = 'rel="nofollow noopener ugc"'


class Page(HTMLParser):
    """What a reader's browser makes of some HTML: text with list numbers, links, and what is not allowed."""

    def __init__(self, html):
        super().__init__()
        self.text, self.links, self.forbidden, self.open, self.numbers = "", [], [], [], []
        self.feed(html)
        self.close()
        self.forbidden += [f"unclosed {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        allowed = {"a": {"href", "rel"}, "ol": {"start", "class"}}.get(tag, {"class"})
        if tag not in TAGS or set(attrs) - allowed or attrs.get("class", "continued") != "continued":
            self.forbidden.append(self.get_starttag_text())
        if tag == "br":
            self.text += "\n"
            return
        if tag == "a":
            self.links.append(attrs.get("href", ""))
            if not re.match("(https?://|mailto:)[^/]", self.links[-1]) or attrs["rel"] != REL[5:-1]:
                self.forbidden.append(self.get_starttag_text())
        if tag in ("ul", "ol"):
            self.numbers.append(int(attrs.get("start") or 1) if tag == "ol" else None)
        if tag == "li" and self.numbers[-1:] not in ([], [None]):
            if "class" not in attrs:
                self.text += f"{self.numbers[-1]}. "
            self.numbers[-1] += 1
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.forbidden.append(f"unopened {tag}")
        if tag in ("ul", "ol"):
            self.numbers.pop()

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.forbidden.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def html_of(source):
    """The HTML without what every link has, and without line ends between elements."""
    return re.sub(r">\n<", "><", render(source).html.replace(f" {REL}", "").strip())


def bare(shown):
    """Letters and digits alone: what must survive whatever else is a marker."""
    return "".join(char for char in shown if char.isalnum())


# --- What is stored


def test_a_source_is_kept_as_typed_but_for_line_ends_and_the_end():
    typed = "  “Naïve” cafe\u0301 \U0001f469\u200d\U0001f469\u200d\U0001f466 \u202eabc\u202c\ta\xa0b\x85\x7f\ufeff"

    assert clean_source(f"{typed}\r\nb\rc\n \t\r\n") == f"{typed}\nb\nc"


def test_control_characters_are_removed_and_word_s_line_break_is_a_line_end():
    assert clean_source("a\x01\x08\x1b[0mb\x0bc\x0cd") == "a[0mb\nc\nd"


@pytest.mark.parametrize(("source", "code"), [("a\0b", "nul"), ("a\ud800b", "surrogate"), ("\udfff", "surrogate")])
def test_what_cannot_be_stored_is_refused_with_a_sentence(source, code):
    with pytest.raises(ValidationError) as refusal:
        clean_source(source)

    assert refusal.value.code == code
    assert refusal.value.messages[0].startswith("The text contains ")
    assert refusal.value.messages[0].endswith(".")


# --- Markup


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>\ntwo</p><p>three</p>"),
        ("**bold** and *soft* _too_", "<p><strong>bold</strong> and <em>soft</em> <em>too</em></p>"),
        ("> quoted\n> more\n\nmine", "<blockquote><p>quoted<br>\nmore</p></blockquote><p>mine</p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b\n<ul><li>c</li></ul></li></ul>"),
        ("[here](https://un.org/a?b=1&c=2)", '<p><a href="https://un.org/a?b=1&amp;c=2">here</a></p>'),
        ("https://un.org/_a_*b*/c.", '<p><a href="https://un.org/_a_*b*/c">https://un.org/_a_*b*/c</a>.</p>'),
        ("https://un.org/%C3%A9", '<p><a href="https://un.org/%C3%A9">https://un.org/%C3%A9</a></p>'),
        ("(www.un.org)", '<p>(<a href="http://www.un.org">www.un.org</a>)</p>'),
        ("Ann <ann@un.org>", '<p>Ann &lt;<a href="mailto:ann@un.org">ann@un.org</a>&gt;</p>'),
        ("**https://un.org**", '<p><strong><a href="https://un.org">https://un.org</a></strong></p>'),
    ],
)
def test_the_small_part_of_markdown_that_is_read(source, html):
    assert html_of(source) == html


@pytest.mark.parametrize(
    "source",
    [
        "# heading",
        "heading\n===",
        "heading\n---",
        "---",
        "***",
        "- - -",
        "* * *",
        "`code` and ``code``",
        "```\ncode\n```",
        "![alt](picture)",
        "[ref]: https",
        "| a | b |\n|---|---|\n| c | d |",
        "&amp; &lt; &#65; &copy;",
        "\\* \\_ \\\\ C:\\!temp",
        "<b>bold</b> <!-- comment -->",
        "~~struck~~",
        "5 * 3 * 2, 2*3*4, tod*s l*s migrantes, snake_case_word",
        "・:*:・゜’( ☻ ω ☻ )。・:*:・゜’",
        "() { _; } >_[$($())]",
        "+ for\n+ in favour",
        ">50 % of them",
        "><script>",
        "-",
        ">",
        "> >",
        "1.",
        "- -\n>",
        "01. January",
        "[text](/a/relative/one)",
        '[text](addr "title")',
        "[](addr)",
        "[text](javascript:alert%281%29)",
        "migrants.In short, end.It",
        "o bien esto\n– Oui, dit-il\n— No\n-5 %",
        "a)\tfirst\nb)\tsecond",
        "in the year\n1986. It was",
    ],
)
def test_what_is_no_markup_here_shows_as_typed(source):
    page = Page(render(source).html)

    assert page.text.split() == source.split()
    assert (page.links, page.forbidden) == ([], [])


def test_indented_text_is_a_paragraph():
    assert html_of("    four blanks\n\n\ta tab") == "<p>four blanks</p><p>a tab</p>"


def test_a_link_that_would_lose_its_target_or_its_title_shows_what_was_typed():
    page = Page(render('[a](https://un.org "title") [](https://un.org) [b](http://u:99999/) ![c](https://un.org)').html)

    assert (
        page.text.strip() == '[a](https://un.org "title") [](https://un.org) [b](http://u:99999/) ![c](https://un.org)'
    )
    assert page.links == ["https://un.org"] * 3
    assert Page(render("[ref]: https://un.org\n\n[ref]").html).text.split() == ["[ref]:", "https://un.org", "[ref]"]


def test_markers_deeper_than_the_limit_show_as_typed():
    quotes, items = Page(render("> " * 50 + "deep").html), Page(render("- " * 50 + "deep").html)

    assert quotes.text.split() == [">"] * (50 - text.MAX_LEVEL) + ["deep"]
    assert items.text.split() == ["-"] * (50 - text.MAX_LEVEL // 2) + ["deep"]


def test_very_long_words_are_no_links():
    assert Page(render("http://a.org/" + "x" * 1900).html).links == ["http://a.org/" + "x" * 1900]
    assert Page(render("http://a.org/" + "x" * 2000).html).links == []
    assert Page(render("www.a.org/" + "x" * 2000 + " www.a.org").html).links == ["http://www.a.org"]


def test_has_links_tells_whether_there_is_a_link():
    assert render("see https://un.org").has_links is True
    assert render("see <a href='https'>").has_links is False


# --- Lists, typed and pasted


@pytest.mark.parametrize("bullet", ["•", "·", "▪", "●", "\uf0b7", "\uf0a7", "‣"])
@pytest.mark.parametrize("blank", ["\t", " ", "  ", "\xa0", " \t"])
def test_a_pasted_bullet_before_any_blank_makes_an_item(bullet, blank):
    assert (
        html_of(f"Aims:\n  {bullet}{blank}one\n  {bullet}{blank}two") == "<p>Aims:</p><ul><li>one</li><li>two</li></ul>"
    )


@pytest.mark.parametrize("bullet", ["o", "–", "—", "-", "§"])
def test_a_letter_or_a_dash_makes_an_item_only_before_a_tab(bullet):
    assert html_of(f"Aims:\n{bullet}\tone\n{bullet}\ttwo") == "<p>Aims:</p><ul><li>one</li><li>two</li></ul>"
    if bullet != "-":
        assert html_of(f"Aims:\n{bullet} one") == f"<p>Aims:<br>\n{bullet} one</p>"


def test_the_second_level_of_a_pasted_list_is_a_list_in_the_item():
    source = "•\tone\no\tbelow\no\tbelow too\n•\ttwo\n    •\tindented"

    html = "<ul><li>one\n<ul><li>below</li><li>below too</li></ul></li><li>two\n<ul><li>indented</li></ul></li></ul>"
    assert html_of(source) == html


def test_pasted_numbers_are_items_and_bullets_under_them_too():
    source = "Text\n9)\tnine\n10)\tten\n        •\tbelow"

    assert html_of(source) == '<p>Text</p><ol start="9"><li>nine</li><li>ten\n<ul><li>below</li></ul></li></ol>'


def test_a_paragraph_after_a_pasted_list_is_no_part_of_the_last_item():
    assert html_of("•\tone\nThen this.") == "<ul><li>one</li></ul><p>Then this.</p>"


def test_a_broken_line_of_a_pasted_item_goes_on_with_a_small_letter():
    assert html_of("• one that\ngoes on\n• two") == "<ul><li>one that<br>\ngoes on</li><li>two</li></ul>"


def test_numbers_stay_as_typed():
    assert (
        html_of("3. three\n4. four\n7. seven")
        == '<ol start="3"><li>three</li><li>four</li></ol><ol start="7"><li>seven</li></ol>'
    )
    assert html_of("1986. A year") == '<ol start="1986"><li>A year</li></ol>'
    assert html_of("1. a\n1. b") == '<ol><li>a</li></ol><ol start="1"><li>b</li></ol>'


# --- Nothing is lost, nothing is added

PIECES = [
    *("a", "b1", "É", "…", "x y", "5", "٣", " ", "\n", "\n\n", "    ", "\t", "\xa0", "**", "*", "_", "__", "`", "~~"),
    *("[", "]", "(", ")", "](", "!", "![", "- ", "* ", "+ ", "1. ", "7) ", "12. ", "> ", ">", "#", "---", "===", "|"),
    *("<b>", "</p>", "<!--", "-->", "&amp;", "&", "\\", "•\t", "• ", "–\t", "\uf0b7 ", "www.", "@", ":", "//", "."),
]
LINKS = ["[", "](http://x.org/) ", " http://x.org/ ", "a", "**", "_", "\n", "- ", "> ", "*", "!", "[x](http://x.org/)"]
TRIALS = settings(deadline=None, database=None, max_examples=150)


@TRIALS
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_nothing_typed_is_lost_or_moved_whatever_markers_are_mixed(source):
    page = Page(render(source).html)

    assert bare(page.text) == bare(source)
    assert page.forbidden == []


@TRIALS
@given(st.lists(st.sampled_from(LINKS), max_size=40).map("".join))
def test_nothing_but_an_address_that_became_a_target_leaves_the_text(source):
    page = Page(render(source).html)

    assert bare(page.text.replace("http://x.org/", "")) == bare(source.replace("http://x.org/", ""))
    assert (
        page.text.count("http://x.org/") <= source.count("http://x.org/") <= page.text.count("x.org") + len(page.links)
    )
    assert page.forbidden == []


@TRIALS
@given(st.text(max_size=200))
def test_any_text_comes_out_whole(source):
    kept = re.sub("[\ud800-\udfff\0]", "", source)

    assert bare(Page(render(kept).html).text) == bare(kept)


@TRIALS
@given(st.text(st.characters(exclude_categories=[]), max_size=200), st.integers(1, 50))
def test_rendering_and_shortening_never_fail_whatever_the_source(source, length):
    page = Page(render(source).html)

    assert page.forbidden == []
    assert len(excerpt(source, length)) <= length


# --- Folding

SENTENCE = "The rights of migrants are human rights. "
BLOCKS = [
    *(
        SENTENCE * 3,
        SENTENCE * 12,
        SENTENCE * 50,
        "word " * 300,
        "**bold " + "and more " * 60 + "bold**",
        "难民。" * 400,
    ),
    *("- " + SENTENCE * 2, "- a\n- b\n\n- c", "7. " + SENTENCE * 40, "8. x", "> " + SENTENCE * 20, "> - " + "w " * 900),
    *("x" * 1500, "R&D & <b>", "http://x.org/" + "y" * 300, "line\n" * 100, "1. a\n   - b " + SENTENCE * 30),
]


def whole(source):
    """The HTML as it is without any fold."""
    markdown = text._markdown()
    return text.CLEANER.clean(markdown.renderer.render(list(text._parse(source)), markdown.options, {}))


@settings(TRIALS, max_examples=60)
@given(st.lists(st.sampled_from(BLOCKS), max_size=6), st.sampled_from(["\n", "\n\n"]))
def test_both_sides_of_the_fold_are_well_formed_and_together_the_whole_text(blocks, between):
    source = between.join(blocks)
    rendered = render(source)

    assert rendered.html == whole(source)
    assert Page(rendered.lead).forbidden == Page(rendered.rest).forbidden == []
    assert bare(Page(rendered.lead).text + Page(rendered.rest).text) == bare(Page(rendered.html).text)
    if rendered.rest:
        assert bare(Page(rendered.lead).text) != ""
        assert bare(Page(rendered.rest).text) != ""


def test_a_text_is_folded_from_1400_visible_characters_on():
    source = "\n\n".join(["a" * 700, "b&**" + "b" * 697 + "**"])

    assert render(source).rest == ""
    assert render(source + "b").rest == f"\n<p>b&amp;<strong>{'b' * 697}</strong>b</p>\n"


def test_a_text_is_folded_at_the_last_paragraph_that_ends_before_1000_characters():
    paragraphs = [letter * 300 for letter in "abcdef"]

    rendered = render("\n\n".join(paragraphs))

    assert Page(rendered.lead).text.split() == paragraphs[:3]
    assert Page(rendered.rest).text.split() == paragraphs[3:]


def test_a_salutation_is_not_all_that_is_shown_first():
    rendered = render("Dear all,\n\n" + SENTENCE * 50)

    assert 800 < len(Page(rendered.lead).text) <= 1050


def test_a_first_paragraph_somewhat_longer_than_the_limit_is_not_cut():
    rendered = render(SENTENCE * 30 + "\n\n" + SENTENCE * 30)

    assert Page(rendered.lead).text.strip() == (SENTENCE * 30).strip()


def test_a_very_long_paragraph_is_cut_after_a_sentence_without_a_seam():
    source = (SENTENCE * 60).strip()

    rendered = render(source)

    assert rendered.lead == f"<p>{SENTENCE * 24}</p>"
    assert rendered.rest == f'<p class="continued">{(SENTENCE * 36).strip()}</p>\n'
    assert rendered.html == f"<p>{source}</p>\n"


def test_a_paragraph_without_sentences_is_cut_at_a_blank():
    rendered = render("word " * 400)

    assert rendered.lead == f"<p>{'word ' * 200}</p>"


def test_a_paragraph_is_not_cut_inside_bold_type_or_a_link():
    bold = "**" + ("very bold. " * 120).strip() + "**"
    rendered = render(f"{bold} and then. " + "More of it. " * 100)

    assert rendered.lead.endswith("very bold.</strong> and then. </p>")
    assert rendered.rest.startswith('<p class="continued">More of it.')


def test_one_piece_without_any_place_to_cut_is_not_folded():
    assert render("x" * 5000).rest == ""
    assert render("**" + "very bold. " * 500 + "bold**").rest == ""


def test_a_long_list_is_folded_between_items_and_goes_on_counting():
    rendered = render("\n".join(f"{n}. " + "x" * 95 for n in range(5, 25)))

    assert rendered.lead.startswith('<ol start="5">')
    assert rendered.lead.count("<li>") == 10
    assert rendered.rest.startswith('<ol class="continued" start="15">\n<li>x')
    assert rendered.rest.count("<li>") == 10
    assert "continued" not in rendered.html


def test_a_long_item_is_folded_within_and_keeps_its_number():
    rendered = render("1. a\n2. " + SENTENCE * 60 + "\n3. c")

    assert rendered.rest.startswith('<ol class="continued" start="2"><li class="continued">The rights')
    assert Page(rendered.rest).text.split()[-2:] == ["3.", "c"]


def test_a_long_quotation_is_folded_within():
    rendered = render("> " + SENTENCE * 60)

    assert rendered.lead.endswith("</p></blockquote>")
    assert rendered.rest.startswith('<blockquote class="continued"><p class="continued">The rights')


def test_a_fold_typed_by_somebody_is_no_fold():
    source = "\n\n".join(['<p class="continued">' + "a " * 300, '<ol class="continued" start="3">' + "b " * 500])

    rendered = render(source)

    assert Page(rendered.html).text.split() == source.split()
    assert rendered.html == whole(source)


# --- Excerpts


def test_an_excerpt_is_plain_text_on_one_line():
    source = "**Dear** all,\n\n> see\n> [this](https://un.org) <b>\n\n- one\n- two\n\n3. three"

    assert excerpt(source) == "Dear all, see this <b> one two 3. three"


def test_an_excerpt_is_cut_after_a_whole_word():
    assert excerpt("one two three", length=13) == "one two three"
    assert excerpt("one two three", length=12) == "one two…"
    assert excerpt("one two, three", length=9) == "one two…"
    assert excerpt("one two three", length=8) == "one two…"
    assert excerpt("abcdefghij", length=5) == "abcd…"


# --- Terms that carry a footnote

KOSOVO = Term("Kosovo", "*", "In the context of Security Council resolution 1244 (1999).", "kosovo")
NOTE = '<a class="footnote-mark" href="#footnote-kosovo" role="doc-noteref">*</a>'


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>Kosovo and Kosovo’s</p>", f"<p>Kosovo{NOTE} and Kosovo{NOTE}’s</p>"),
        ("<em>Kosovo</em>, (Kosovo)", f"<em>Kosovo{NOTE}</em>, (Kosovo{NOTE})"),
        ('<a href="https://x.org/Kosovo">in Kosovo</a>', '<a href="https://x.org/Kosovo">in Kosovo<sup>*</sup></a>'),
        ('<a href="#">a</a> Kosovo', f'<a href="#">a</a> Kosovo{NOTE}'),
        ("Kosovo* and Kosovo", f"Kosovo* and Kosovo{NOTE}"),
        ("<strong>Kosovo</strong>* stays", "<strong>Kosovo</strong>* stays"),
        (f"Kosovo{NOTE} stays", f"Kosovo{NOTE} stays"),
        ('<p title="a > Kosovo">Kosovo</p>', f'<p title="a > Kosovo">Kosovo{NOTE}</p>'),
        ("see https://x.org/Kosovo or Kosovo", f"see https://x.org/Kosovo or Kosovo{NOTE}"),
    ],
)
def test_a_term_gets_its_mark_wherever_a_reader_sees_it(html, marked):
    assert mark_terms(html, [KOSOVO]) == (marked, [KOSOVO])


@pytest.mark.parametrize("html", ["<p>Kosovar, kosovo, MyKosovo, Kosovo1</p>", '<p title="Kosovo">x</p>', "<p></p>"])
def test_the_very_same_html_comes_back_where_no_term_occurs(html):
    marked, used = mark_terms(html, [KOSOVO])

    assert marked is html
    assert used == []


def test_terms_are_told_in_their_order_and_the_longest_one_is_marked():
    force, amp = Term("Kosovo Force", "**", "f", "force"), Term("R&D", "†", "r", "rd")

    marked, used = mark_terms(
        "<p>R&amp;D for Kosovo Force &amp; Kosovo</p>", [KOSOVO, Term("amp", "!", "", "a"), force, amp]
    )

    assert re.sub("</?a.*?>", "", marked) == "<p>R&amp;D† for Kosovo Force** &amp; Kosovo*</p>"
    assert used == [amp, force, KOSOVO]


def test_marks_and_anchors_are_escaped():
    marked, _ = mark_terms("<p>X</p>", [Term("X", "<", "", '"><script>')])

    assert marked.count("<script") == 0
    assert "&lt;</a>" in marked


def test_plain_text_gets_the_bare_marks():
    assert plain_terms("Kosovo < Kosovo* > http://x.org/Kosovo", [KOSOVO]) == (
        "Kosovo* < Kosovo* > http://x.org/Kosovo",
        [KOSOVO],
    )
    assert plain_terms("none", [KOSOVO]) == ("none", [])


@TRIALS
@given(st.lists(st.sampled_from(["Kosovo", "*", " ", "<", "x", "[a](http://x.org/) ", "**", "\n", "&"]), max_size=30))
def test_marking_twice_changes_nothing_and_takes_nothing_away(pieces):
    html = render("".join(pieces)).html

    once, used = mark_terms(html, [KOSOVO])

    assert mark_terms(once, [KOSOVO]) == (once, used)
    assert once.replace(NOTE, "").replace("<sup>*</sup>", "") == html


# --- Attack

XSS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script\n>alert(1)</script\t>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1);//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<scr\x00ipt>alert(1)</script>",
    "</p><script>alert(1)</script><p>",
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src='x'/onerror='alert(1)'>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<IMG SRC=JaVaScRiPt:alert(1)>",
    "<img src=x:x onerror\t=\nalert(1)>",
    "![x](javascript:alert(1))",
    '![x](https://evil.example/p.png" onerror="alert(1))',
    '![x"onerror="alert(1)](https://evil.example)',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><annotation-xml encoding=text/html><script>alert(1)</script>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=data:text/html;base64,PHNjcmlwdD4=></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>x",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<base href=javascript:/a/+alert(1)//>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<style>@import'//evil.example'</style>",
    "<div style=background:url(javascript:alert(1))>",
    "<p class=continued id=x onclick=alert(1)>x</p>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=//evil.example>x</a> <a href=/out>x</a>",
    "<a href=https://un.org onclick=alert(1) target=_top>x</a>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?>",
    "<!DOCTYPE html [<!ENTITY x 'y'>]>&x;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](javascript%3Aalert(1))",
    "[x](javascript\\:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/png;base64,AAAA)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://un.org/1)",
    "[x](ftp://un.org/)",
    "[x](tel:123)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](https:evil.example)",
    "[x](#onclick)",
    "[x](?next=javascript:alert(1))",
    '[x](https://un.org" onclick="alert(1))',
    "[x](https://un.org' onclick='alert(1))",
    '[x](https://un.org "title\\" onclick=alert(1)")',
    "[x](https://un.org/><script>alert(1)</script>)",
    "[x](<https://un.org/><img src=x onerror=alert(1)>)",
    '[x](mailto:a@un.org"onclick=alert(1))',
    "[x](mailto:<script>alert(1)</script>@un.org)",
    "[[x](https://un.org)](javascript:alert(1))",
    "[a[b](javascript:alert(1))c](https://un.org)",
    "[<script>alert(1)</script>](https://un.org)",
    "[![x](javascript:alert(1))](https://un.org)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]\n\n[x]: data:text/html,x",
    "<javascript:alert(1)>",
    "<https://un.org/onclick=alert(1)>",
    "<script:alert(1)>",
    "<data:text/html,x>",
    "javascript://un.org/%0aalert(1)",
    "javascript:alert(1)//https://un.org",
    'https://un.org/"onmouseover=alert(1)//',
    "https://un.org/'><script>alert(1)</script>",
    "http://javascript:alert(1)@un.org",
    "www.un.org/<script>alert(1)</script>",
    'a@un.org"onclick=alert(1)',
    "**<script>**alert(1)</script>",
    "*<img src=x* onerror=alert(1)>",
    "- <script>\n- alert(1)</script>",
    "> <img src=x\n> onerror=alert(1)>",
    "1. <iframe>\n2. </iframe>",
    "•\t<script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "    <script>alert(1)</script>",
    "<script>alert(1)</script>\n===",
    "# <script>alert(1)</script>",
    "| <script> |\n|---|\n| alert(1) |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\u003cscript\u003ealert(1)",
    "＜script＞alert(1)＜/script＞",
    "\u202e<script>alert(1)</script>\u202c",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)} #{7*7} <%= 7*7 %>",
    "<a\u00a0href=javascript:alert(1)>x",
    "<\u0000a href=x>",
    '<a href="https://un.org""onclick=alert(1)>x',
    "< script >alert(1)</ script >",
    "<",
    "<a",
    '<a href="',
    "</",
    "</a></p></li></ul></blockquote>",
    "<li><ul><ol><blockquote>",
    "<br onclick=alert(1)>",
    "<strong style=x>b</strong>",
]


@pytest.mark.parametrize("payload", XSS)
def test_an_attack_is_shown_and_does_nothing(payload):
    long = f"{SENTENCE * 20}{payload} {SENTENCE * 40}"

    for source in (payload, f"> - {payload}", f"**{payload}**", f"[{payload}](https://un.org)", long):
        rendered = render(source)

        for html in rendered.html, rendered.lead, rendered.rest, mark_terms(rendered.html, [KOSOVO])[0]:
            assert Page(html).forbidden == []
        opened = re.findall(r"<[^>]*", rendered.html)
        assert [tag for tag in opened if re.search(r"\son|style|script:|data:|src", tag.split(" href=")[0])] == []


@pytest.mark.parametrize("payload", XSS)
def test_the_second_layer_alone_lets_no_attack_pass(payload):
    page = Page(text.CLEANER.clean(payload))

    assert [found for found in page.forbidden if not found.startswith(("unopened", "<a rel"))] == []
