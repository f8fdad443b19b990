"""Every colour of the course, in one place: plots, pictures, questions and labs take theirs from here.

After a change, `make notebooks` draws the stored pictures anew.
"""

#: Lines, areas, dots and bars, in turn: eight colours that stay apart for colour-blind readers and stand out (3:1) on
#: white and on near-black.
SERIES = ("#2f7fc1", "#d9730d", "#159570", "#b565a7", "#a67c00", "#d1495b", "#6b7fd7", "#a05a2c")

TRUE, NOT_TRUE = SERIES[:2]  #: a reading's answer, in bars and maps; what is not true is hatched too
HATCH = "#f4b478"  #: the lines over what is not true
DOT, RIM = "#111111", "#ffffff"  #: today's dot, and the line around it, on both answers

RULE = "#808080"  #: a straight line that marks a limit; no series has this colour

RIGHT = "#009e73"
PARTLY = "#e69f00"
WRONG = "#d55e00"
NEUTRAL = "#999999"  #: not answered yet
ERROR = "#d1495b"

#: Words and grid of a plot, on white and on a dark page.
TEXT = {False: "#333333", True: "#e0e0e0"}
GRID = {False: "#e3e3e3", True: "#444444"}


def style() -> str:
    """The colours that style sheets use, as variables of theirs."""
    return f":root {{ --defi-right: {RIGHT}; --defi-wrong: {WRONG}; --defi-error: {ERROR}; }}\n"


#: Of pages that have no JupyterLab around them, on light and on dark: words, page, quiet words, cards, rules, answers.
PAGE = {
    False: {
        **{"text": "#222222", "back": "#ffffff", "soft": "#5c5c5c", "card": "#f6f6f6", "rule": "#8a8a8a"},
        **{"right": "#0a7d5c", "wrong": "#c25100", "mixed": "#6b6b6b", "own": "#2269a8"},
    },
    True: {
        **{"text": "#e8e8e8", "back": "#161616", "soft": "#b5b5b5", "card": "#222222", "rule": "#909090"},
        **{"right": "#2cc394", "wrong": "#f08a3c", "mixed": "#a0a0a0", "own": "#6fb1ea"},
    },
}


def page_style() -> str:
    """The colours of such a page, as variables, as the reader's system asks for them."""
    light, dark = ("; ".join(f"--{name}: {colour}" for name, colour in PAGE[night].items()) for night in (False, True))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )
