"""Questions to a reader: a prediction before seeing, and quizzes with feedback for every mistake.

Whoever wants to keep what readers answer adds a function to :data:`on_answer`; nothing is stored here.
"""

from defi_lib.explore.questions.answers import Answer, on_answer
from defi_lib.explore.questions.kinds import ChoiceQuestion, Feedback, NumberQuestion, OrderQuestion, Question
from defi_lib.explore.questions.prediction import Prediction, predict
from defi_lib.explore.questions.quizfile import lessons, questions_of
from defi_lib.explore.questions.quizzes import Quiz, quiz

__all__ = [
    "Answer",
    "ChoiceQuestion",
    "Feedback",
    "NumberQuestion",
    "OrderQuestion",
    "Prediction",
    "Question",
    "Quiz",
    "lessons",
    "on_answer",
    "predict",
    "questions_of",
    "quiz",
]
