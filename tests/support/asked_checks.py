"""A program: what the checks of a lab say to answers. It imports only what a student has, so it runs in their copy too.

Reads ``{"checks": module, "cells": sources of a notebook, "asked": [[question, change], …]}`` and prints for each
``[status, points, text]``. A change is the name of a function in ``CHANGES``, which spoils the answer to the question.
"""

import contextlib
import io
import json
import sys
from importlib import import_module
from numbers import Number


def scaled(result, factor=1.5):
    """A result with every number in it changed."""
    if isinstance(result, bool) or result is None:
        return result
    if isinstance(result, dict):
        return {key: scaled(value, factor) for key, value in result.items()}
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(scaled(each, factor) for each in result))
    if isinstance(result, (list, tuple)):
        return type(result)(scaled(each, factor) for each in result)
    return result * factor if isinstance(result, Number) or hasattr(result, "dtype") else result


CHANGES = {
    "right": lambda result: result,
    "half more": scaled,
    "turned round": lambda result: scaled(result, -1),
    "one": lambda result: 1.0,
    "text": lambda result: "a lot",
    "nothing": lambda result: None,
    "crash": lambda result: 1 / 0,
}


def said(checks, cells, asked):
    """What the checks say to each question, with its answer spoilt as asked."""
    notebook = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, "cell", "exec"), notebook)
    notebook["check"] = import_module(checks).check
    return [_feedback(dict(notebook), *each) for each in asked]


def _feedback(notebook, question, change):
    answer, spoil = notebook[question], CHANGES[change]
    if change != "right":
        notebook[question] = (lambda *given: spoil(answer(*given))) if callable(answer) else spoil(answer)
    feedback = eval(f"check({question!r}, seed=5)", notebook)
    return [feedback.status, feedback.points, feedback.text]


if __name__ == "__main__":
    json.dump(said(**json.load(sys.stdin)), sys.stdout)
