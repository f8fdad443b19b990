"""The kit of every lesson: sliders that move a plot, predictions, questions, and the picture of who profits."""

from defi_lib.explore.controls import Choice, Percent, Slider, Switch
from defi_lib.explore.evidence import bet, show_book, show_evidence, turn
from defi_lib.explore.explorer import Explorer, explore
from defi_lib.explore.goals import Goal
from defi_lib.explore.handing_in import hand_in
from defi_lib.explore.money import show_concentration, show_profits
from defi_lib.explore.my_progress import show_progress
from defi_lib.explore.plots import Area, Axis, Bars, Dots, Line, Lines, Now, Pieces, Plot, Rule
from defi_lib.explore.questions import Answer, Prediction, Quiz, predict, quiz
from defi_lib.explore.questions.answers import on_answer
from defi_lib.explore.remembering import remember_answer
from defi_lib.explore.view import PlotView, show

__all__ = [
    "Answer",
    "Area",
    "Axis",
    "Bars",
    "Choice",
    "Dots",
    "Explorer",
    "Goal",
    "Line",
    "Lines",
    "Now",
    "Percent",
    "Pieces",
    "Plot",
    "PlotView",
    "Prediction",
    "Quiz",
    "Rule",
    "Slider",
    "Switch",
    "bet",
    "explore",
    "hand_in",
    "predict",
    "quiz",
    "show",
    "show_book",
    "show_concentration",
    "show_evidence",
    "show_profits",
    "show_progress",
    "turn",
]

if remember_answer not in on_answer:
    on_answer.append(remember_answer)
