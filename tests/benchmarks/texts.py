"""Measure how long texts of the worst kind take to render: `python -m tests.benchmarks.texts`.

Each is 20,000 characters that make a parser try again and again. None should take more than a few times as long as
ten thousand plain lines do.
"""

import time

from tests import environment  # noqa: F401  (sets the environment before Django is loaded)

LENGTH = 20_000
REPEATED = [
    *(">", "- ", "1. ", "- > ", ">\n-", "- a\n", "a\n- ", "1. a\n3. b\n", ">a\nb\n", "•\ta\no\tb\n", "a\n", " \t"),
    *("[", "[a](", "](", "[[a](b)", "[a](http://b.c) ", "[x](http://[) ", "[x](javascript:1) ", "![", "`", "\\"),
    *("*", "_", "*a ", "a*", "*_", "*a_ ", "a**b", "**a *b ", "~~", "&amp;", "<a", "<!--", "x" * 1999 + " "),
    *("://", "a://", "http://a", "http://a.b/?", "https://[", "http://xn--", "http://a.b ", "http://a" * 240 + " "),
    *("www.a.", "a.", "a@", "a@b.c", "a@b.cc ", "mailto:a@"),
]
WHOLE = ["> " * 50 + "a\n" + "b\n" * 9000, "[" * 10_000 + "](x)" * 2500]


def main():
    """Render each, and print the slowest."""
    import django

    django.setup()
    from consultation import text

    def took(piece):
        start = time.process_time()
        text.render((piece * LENGTH)[:LENGTH])
        return (time.process_time() - start) * 1000

    took("warm")
    plain = min(took("a\n") for _ in range(3))
    print(f"ten thousand plain lines: {plain:.0f} ms")
    times = sorted(((min(took(piece) for _ in range(3)), piece) for piece in [*REPEATED, *WHOLE]), reverse=True)
    for milliseconds, piece in times[:10]:
        print(f"{milliseconds:7.0f} ms {milliseconds / plain:6.1f} × {piece[:30]!a}")


if __name__ == "__main__":
    main()
