"""What templates of mails print."""

from consultation.templatetags.mail import quoted


def test_a_quoted_text_has_short_lines_and_whole_words_and_addresses():
    address = "https://example.org/" + "x" * 90

    assert quoted(f"{'One word. ' * 8}\n\nSee {address} there.").split("\n") == [
        "> One word. One word. One word. One word. One word. One word. One word.",
        "> One word.",
        ">",
        "> See",
        f"> {address}",
        "> there.",
    ]
