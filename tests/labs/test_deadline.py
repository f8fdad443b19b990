import subprocess
import sys
import threading
import time

import pytest

from defi_lib.labs.kit.deadline import TookTooLongError, deadline


def spin():
    while True:
        pass


def test_an_endless_loop_is_stopped():
    begin = time.monotonic()
    with pytest.raises(TookTooLongError), deadline(0.2):
        spin()
    assert 0.2 <= time.monotonic() - begin < 1.5


def test_a_loop_that_catches_everything_is_stopped_too():
    def stubborn():
        while True:
            try:
                for _ in range(1_000):
                    pass
            except Exception:
                pass

    with pytest.raises(TookTooLongError), deadline(0.1):
        stubborn()


def test_a_bare_except_gets_the_exception_again_until_it_gives_up():
    def very_stubborn(caught):
        while len(caught) < 2:
            try:
                spin()
            except:  # noqa: E722
                caught.append(1)
        spin()

    with pytest.raises(TookTooLongError), deadline(0.1):
        very_stubborn([])


def test_nothing_arrives_after_the_block():
    for _ in range(20):
        with deadline(0.01):
            pass
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "deadline"]


def test_works_outside_the_main_thread():
    outcome = []

    def work():
        try:
            with deadline(0.1):
                spin()
        except TookTooLongError:
            outcome.append("stopped")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=5)
    assert outcome == ["stopped"]


TRACED = """
import sys
from defi_lib.labs.kit.deadline import TookTooLongError, deadline

def traced():
    sys.settrace(lambda *_: None)
    (lambda: None)()
    sys.settrace(None)

def run():
    while seconds == 0.05:
        pass

for seconds, rounds in ((10.0, 1), (1e-4, 200), (0.05, 1)):
    for _ in range(rounds):
        try:
            with deadline(seconds):
                run()
        except TookTooLongError:
            pass
        traced()
"""


def test_a_debugger_may_trace_what_comes_afterwards():
    # In a process of its own, because what went wrong here was a hang.
    subprocess.run([sys.executable, "-c", TRACED], check=True, timeout=30)
