"""What the site's pages are made of: links, notebooks with their folds, questions, tables, reference, the picture."""

import html
import importlib
import json
import re

import pytest

from defi_lib.claims import claims, readings
from defi_lib.course import contents
from defi_lib.explore.questions.kinds import ChoiceQuestion
from defi_lib.explore.questions.quizfile import lessons as quizzes
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.figures import figures
from tools.architecture import arrows
from tools.browser import ROOT
from tools.editions import live
from tools.editions.site import indexes, lessons, picture, questions, reference
from tools.editions.site.build import NOT_HERE, stage
from tools.editions.site.links import outside_fences, relinked, without_outside_pictures

NOTEBOOKS = [page.path for page in (*contents.lessons(ROOT), *contents.labs(ROOT))]


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    stage(folder)
    return folder


def cells(staged, path):
    return json.loads((staged / path).read_text(encoding="utf-8"))["cells"]


def shown(cell):
    """What a cell's output says, as text and HTML."""
    data = [output.get("data", {"text/plain": output.get("text", "")}) for output in cell.get("outputs", [])]
    return "\n".join("".join(value) for each in data for value in each.values())


class TestLinks:
    def test_what_has_a_page_stays_and_tables_lead_to_theirs(self):
        text = "[a](../b.md#c) and [d](../defi_lib/figures.csv) and [e](https://example.org) and [f](#g)"
        led = relinked(text, "x/y.md", {"b.md"})
        assert led == ("[a](../b.md#c) and [d](../evidence/figures.md) and [e](https://example.org) and [f](#g)")

    def test_what_has_no_page_is_named_or_read_in_the_repository(self):
        assert relinked("[`a`](b.py)", "docs/x.md", set()) == "`a`"
        where = relinked("[a [b]](../b.py#L3)", "docs/x.md", set(), "https://example.org/o/r")
        assert where == "[a [b]](https://example.org/o/r/blob/main/b.py#L3)"

    def test_code_is_left_alone(self):
        text = "[a](b)\n```python\n[a](b)\n```\n[a](b)"
        assert relinked(text, "x.md", set()) == "a\n```python\n[a](b)\n```\na"

    @pytest.mark.parametrize("text", ["", "a", "```\na\n```", "a\n~~~~\nb\n```\n~~~~\nc\n", "\n\n````\n```\n````"])
    def test_nothing_is_lost_around_fences(self, text):
        assert outside_fences(lambda part: part, text) == text

    def test_pictures_from_elsewhere_go(self):
        text = "a\n\n[![b](https://example.org/b.svg)](c)\n← d\n\n![e](e.png)"
        assert without_outside_pictures(text) == "a\n\n![e](e.png)"


class TestNotebooks:
    def test_every_lesson_and_lab_has_a_page_with_a_button(self, staged):
        for path in NOTEBOOKS:
            first = "".join(cells(staged, path)[0]["source"])
            assert f'href="{live.address(path, "../" * path.count("/"))}"' in first, path
            assert first.startswith("# ")
            assert contents.HOW_TO_RUN not in json.dumps(cells(staged, path), ensure_ascii=False)

    def test_what_a_notebook_folds_is_folded(self, staged):
        """Code as the notebook folds it; what is withheld only in cells that are folded, so never in the open."""
        withheld = 0
        for page in contents.lessons(ROOT):
            own = json.loads((ROOT / page.path).read_text(encoding="utf-8"))["cells"]
            here = cells(staged, page.path)
            in_the_open = "\n".join(
                shown(cell) for cell in here if "hide-output" not in cell["metadata"].get("tags", [])
            )
            code = "\n".join(
                "".join(cell["source"])
                for cell in here
                if cell["cell_type"] == "code" and cell["metadata"]["tags"] == []
            )
            for cell in own:
                jupyter = cell["metadata"].get("jupyter", {})
                if jupyter.get("outputs_hidden"):
                    withheld += 1
                    for line in shown(cell).splitlines():
                        if len(line) > 60 and "class=" not in line:
                            assert line not in in_the_open, (page.path, line)
                if jupyter.get("source_hidden") and len("".join(cell["source"])) > 200:
                    assert "".join(cell["source"]) not in code, page.path
        assert withheld > 200

    def test_every_stored_picture_has_its_sentence_as_alt_text_and_its_size(self, staged):
        seen = 0
        for page in contents.lessons(ROOT):
            for cell in cells(staged, page.path):
                for tag in re.findall(r"<img [^>]+>", shown(cell)):
                    alt = html.unescape(re.search(r'alt="([^"]+)"', tag)[1])
                    name = re.search(rf"{lessons.PICTURES}/(\w+\.png)", tag)[1]
                    assert len(alt) > 20, (page.path, alt)
                    assert (staged / lessons.PICTURES / name).stat().st_size > 500
                    assert 'loading="lazy"' in tag and re.search(r'width="\d+" height="\d+"', tag)
                    seen += 1
        assert seen > 250

    def test_the_alt_text_of_an_explorer_is_the_sentence_that_it_stores(self):
        path = "course/1_exchange/02_providing_liquidity.ipynb"
        for cell in json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]:
            if "".join(cell["source"]).startswith("explore("):
                data = cell["outputs"][0]["data"]
                alt = html.unescape(re.search(r'alt="([^"]+)"', "".join(data["text/html"]))[1])
                assert alt == "".join(data["text/plain"])
                break
        else:
            pytest.fail("no explorer in the lesson")

    def test_nothing_asks_a_reader_to_run_all_cells(self, staged):
        for path in NOTEBOOKS:
            assert "Run ▸ Run All Cells" not in "\n".join(map(shown, cells(staged, path))), path
        progress = json.dumps(cells(staged, "course/my_progress.ipynb"), ensure_ascii=False)
        assert "Run ▸" not in progress and progress.count("Your own is shown where the page runs") == 2

    def test_a_picture_leads_to_itself_alone(self, staged):
        for path in NOTEBOOKS:
            html = "\n".join(map(shown, cells(staged, path)))
            pairs = re.findall(r'<a class="course-picture" href="([^"]+)"><img src="([^"]+)"', html)
            assert len(pairs) == html.count("<img "), path
            assert all(link == source for link, source in pairs), path

    def test_where_the_answer_to_a_prediction_is_said_to_be_it_is(self, staged):
        """In the fold above or below, or in a fold of its own where no other one holds it."""
        own = set()
        for page in contents.lessons(ROOT):
            here = cells(staged, page.path)
            asked = [place for place, cell in enumerate(here) if "where the lesson runs, it stands here" in shown(cell)]
            folds = [lessons._is_withheld(cell) for cell in here]
            for place in asked:
                said = re.search(r"fold (above|below)", shown(here[place]))[1]
                near = folds[place - 1] if said == "above" else any(folds[place + 1 : place + 3])
                assert near, (page.path, said)
            if any("The answer: commit to yours, then open" in shown(cell) for cell in here):
                assert asked == []
                own.add(page.number)
            else:
                assert len(asked) == sum(shown(cell) == questions.WAITS for cell in self.own(page.path)), page.path
        assert own == set(questions.ANSWERS)

    @staticmethod
    def own(path):
        return [{"outputs": cell.get("outputs", [])} for cell in json.loads((ROOT / path).read_text("utf-8"))["cells"]]

    @pytest.mark.parametrize("lesson", questions.ANSWERS)
    def test_an_answer_in_a_fold_of_its_own_is_what_the_lesson_computes(self, lesson, monkeypatch, capsys):
        found = []

        class Guess:
            def withhold(self):
                pass

            def compare(self, answer, words=""):
                found.append((answer, words))

        monkeypatch.setattr("defi_lib.explore.predict", lambda *_, **__: Guess())
        (page,) = (page for page in contents.lessons(ROOT) if page.number == lesson)
        names = {}
        for cell in json.loads((ROOT / page.path).read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and not found:
                exec("".join(cell["source"]), names)
        ((answer, words),) = found
        told = re.sub(r"<[^>]+>", "", questions.ANSWERS[lesson])
        assert told.startswith(f"{answer:g} ")
        assert told.partition(". ")[2].startswith(words.partition(".")[0].split(" dollars.")[0])

    def test_a_prediction_without_an_answer_on_its_page_stops_the_build(self):
        with pytest.raises(ValueError, match=r"lesson = '9\.9' has no fold"):
            questions.compared("", "9.9", "")

    def test_the_book_of_verdicts_says_where_they_stand(self, staged):
        page = "\n".join(map(shown, cells(staged, "course/8_economy/15_the_book_of_verdicts.ipynb")))
        assert "docs/verdicts.md" not in page
        assert (
            f'{len(readings())} readings of {len(readings())} have evidence. All of them stand in <a href="../../evi'
            in page
        )


class TestQuestions:
    @pytest.mark.parametrize("lesson", quizzes())
    def test_each_option_unfolds_its_own_feedback(self, lesson):
        page = questions.quiz(lesson)
        folds = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", page, re.DOTALL)
        for question in questions_of(lesson):
            if isinstance(question, ChoiceQuestion):
                for option, feedback in question.options.items():
                    inside = [
                        fold[1] for fold in folds if fold[0] == questions.formulas(html.escape(option, quote=False))
                    ]
                    assert any(questions.formulas(feedback) in each for each in inside), (lesson, option)
        outside = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
        assert not re.search(r"\bRight:|\bNo:|✓|✗", outside)

    def test_the_right_option_does_not_always_stand_first(self):
        places = []
        for lesson in quizzes():
            for fold in re.split(r'<p class="course-question">', questions.quiz(lesson))[1:]:
                signs = re.findall(r'aria-hidden="true">([✓✗])', fold)
                if "<summary>Decide" not in fold and "<summary>Put" not in fold:
                    places.append(signs.index("✓"))
        assert min(places.count(place) for place in range(3)) > len(places) / 6

    def test_a_prediction_says_what_to_do(self):
        source = 'guess = predict(\n    "How many?", high=50, unit="USD", lesson="1.2")\nguess'
        text = "Your prediction: How many?\nRun ▸ Run All Cells, and answer here."
        box = questions.asked(text, source, "<a>live</a>")
        assert "How many?" in box and "from 0 to 50 USD" in box and "<a>live</a>" in box

    def test_a_prediction_with_options_lists_them(self):
        source = 'MANY = ("One", "Two")\nguess = predict("How many?", options=MANY, lesson="1.2")'
        box = questions.asked("Your prediction: How many?\nRun ▸ Run All Cells, and answer here.", source, "")
        assert "<li>One</li><li>Two</li>" in box and "from" not in box

    def test_every_prediction_and_bet_of_the_course_is_asked(self, staged):
        asked = {"predict(": 0, "bet(": 0}
        for page in contents.lessons(ROOT):
            own = json.loads((ROOT / page.path).read_text(encoding="utf-8"))["cells"]
            calls = "\n".join("".join(cell["source"]) for cell in own if cell["cell_type"] == "code")
            boxes = "\n".join(map(shown, cells(staged, page.path)))
            for call, title in (("predict(", "<b>Your prediction</b>"), ("bet(", "<b>Your bet</b>")):
                wanted = len(re.findall(rf"^\w+ = {re.escape(call)}", calls, re.MULTILINE))
                assert boxes.count(title) >= wanted, (page.path, call)
                asked[call] += wanted
        assert min(asked.values()) > 80

    def test_a_formula_is_what_mathjax_looks_for(self):
        assert questions.formulas("a $x<y$ b") == r'a <span class="math notranslate nohighlight">\(x<y\)</span> b'


class TestTables:
    def test_every_claim_and_reading_is_shown_with_its_verdict_and_lesson(self):
        page = indexes.claims_page(ROOT)
        tally = indexes.verdicts((ROOT / "docs/verdicts.md").read_text(encoding="utf-8"))
        assert set(tally) == {each.id for each in readings()}
        for claim in claims():
            assert f"### {claim.id} · " in page
        entries = re.findall(r"^- \*\*([A-Z]\d+[a-z])\*\* .*\n\n  \*\*([^*:]+)\*\*.*\[Lesson \d", page, re.MULTILINE)
        assert [id for id, _ in entries] == [each.id for claim in claims() for each in readings(claim.id)]
        for id, verdict in entries:
            assert verdict == tally[id][1].partition(":")[0]

    def test_every_figure_is_shown_with_its_grade(self):
        page = indexes.figures_page()
        assert page.count("<tr><td>") == len(figures())
        assert page.count('<abbr title="unverified">D</abbr>') == sum(each.grade == "D" for each in figures())
        assert "3,796 USD" in page

    def test_addresses_are_links_and_end_where_they_end(self):
        linked = indexes._linked("World Bank, via https://www.example.org/a?b=1&c=2. Then <x>")
        assert linked == (
            'World Bank, via <a href="https://www.example.org/a?b=1&amp;c=2">example.org/a?b=1&amp;c=2</a>'
            ". Then &lt;x&gt;"
        )

    def test_assumptions_are_in_the_unit_that_stands_beside_them(self):
        page = indexes.assumptions_page(ROOT)
        (volatility,) = re.findall(
            r"<td>the volatility of ether .*?\(% a year\).*?</td><td>(.*?)</td><td>(.*?)</td>", page
        )
        assert volatility == ("78\u00a0%", "47 to 105\u00a0%")
        assert "<td>the wallet</td><td>one key</td><td>one key; two of three keys</td>" in page
        assert "<td>150,000</td><td>75,000 to 300,000</td>" in page

    def test_replaced_assumptions_are_marked(self):
        page = indexes.assumptions_page(ROOT)
        rows = (ROOT / "defi_lib/evidence/assumptions.csv").read_text(encoding="utf-8")
        assert page.count("<b>Replaced 20") > 10
        assert page.count("<tr><td>") == len(re.findall(r"^(?:\*|[A-Z]\d+[a-z]),", rows, re.MULTILINE))


class TestReference:
    def test_every_public_name_has_its_place(self):
        rooms = reference.rooms(ROOT)
        for package in ("exchange", "risk", "ledger", "evidence", "explore"):
            public = set(importlib.import_module(f"defi_lib.{package}").__all__)
            listed = {
                name for room in rooms if room.package == package for group in room.names.values() for name in group
            }
            assert listed == public, package

    def test_a_page_holds_arguments_errors_examples_and_methods(self):
        (room,) = (room for room in reference.rooms(ROOT) if (room.package, room.name) == ("exchange", "pools"))
        page = reference.page(room)
        assert "``{py:class} ConstantProductPool(reserves, fee=0.003, shares=None, protocol_fee=0.0" in page
        assert ":module: defi_lib.exchange" in page
        assert "- `fee`: ratio of the amount paid in, in \\[0, 1)." in page
        assert "```{py:method} swap_exact_in(amount_in, token_in=0, token_out=1)" in page
        assert "```pycon\n>>> pool = ConstantProductPool((1000.0, 2e6))" in page
        assert "Alias for field" not in page

    def test_docstrings_become_markdown(self):
        text = "A < b, see :class:`~x.Pool` and ``c*d``.\n\nArgs:\n    x: tokens,\n        > 0.\n\n>>> f(1)\n2"
        assert reference.markdown(text) == (
            "A \\< b, see ``Pool`` and ``c*d``.\n\n**Arguments**\n\n- `x`: tokens, \\> 0.\n\n```pycon\n>>> f(1)\n2\n```"
        )


class TestPicture:
    def test_it_shows_every_part_and_every_arrow_downwards(self):
        pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]
        drawing = picture.svg(pairs)
        assert re.findall(r"<text [^>]+>(\w)</text>", drawing) == ["a", "b", "d", "c"]
        ends = re.findall(r'<path d="M[\d.]+,(\d+).*?,(\d+)" marker-end', drawing)
        assert len(ends) == 4 and all(int(start) < int(end) for start, end in ends)

    def test_the_house_is_drawn_whole(self):
        page = picture.with_pictures((ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
        assert "mermaid" not in page.replace("<!--", "")
        parts = {name for pair in arrows() for name in pair}
        assert parts <= set(re.findall(r"<text [^>]+>(\w+)</text>", page)) | {"defi_lib"}


def test_what_students_must_not_see_is_not_there(staged):
    paths = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    assert "docs/teaching/README.md" in paths
    assert not [path for path in paths if re.search(r"exam|misconceptions|solutions", path)]
    guide = (staged / "docs/teaching/README.md").read_text(encoding="utf-8")
    assert all(reason in guide for reason in NOT_HERE.values())


def test_the_address_of_a_running_page_is_told_in_one_place():
    assert live.address("course/a b.ipynb", "../") == "../lite/notebooks/index.html?path=course/a%20b.ipynb"
