"""Places, lessons made ready ahead, and the end of kernels: with kernels and pages that cost nothing."""

import asyncio
import itertools
from types import SimpleNamespace

import pytest
from traitlets.config import Config, LoggingConfigurable

from defi_lib.course import room as rooms
from defi_lib.course.room import Page, Room, free_memory

LESSON, OTHER = "course/1_exchange/01_swaps.ipynb", "course/2_lending/04_cascades.ipynb"


class Kernels(dict):
    """Those of a server; each is what the room asks about it."""

    def __init__(self):
        self.watched, self.envs, self.shutdown_all = set(), [], self.end

    async def start_kernel(self, kernel_id, kernel_name, path, env):
        await asyncio.sleep(0)
        self[kernel_id] = SimpleNamespace(connections=0, cwd=path)
        self.watched.add(kernel_id)
        self.envs.append(env)

    def get_kernel(self, kernel_id):
        return self[kernel_id]

    def kernel_model(self, kernel_id):
        return {"connections": self[kernel_id].connections}

    def stop_watching_activity(self, kernel_id):
        self.watched.remove(kernel_id)

    async def shutdown_kernel(self, kernel_id):
        await asyncio.sleep(0)
        del self[kernel_id]

    async def end(self):
        self.clear()


class Renderer:
    """A page of three pieces; the second comes when the kernel runs."""

    def __init__(self, path, theme="light", held=None, error=None):
        self.notebook_path, self.theme, self.held, self.error = path, theme, held, error
        self.notebook = SimpleNamespace(metadata=SimpleNamespace(kernelspec=SimpleNamespace(name="python3")))

    async def generate_content_generator(self, kernel_id, kernel):
        yield "head ", {}
        await kernel
        if self.held:
            await self.held.wait()
        if self.error:
            raise self.error
        yield f"{kernel_id} ", {}
        yield "end", {}


class Server(LoggingConfigurable):
    def __init__(self, **settings):
        super().__init__(config=Config({"Room": settings}))
        self.kernel_manager = Kernels()


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = SimpleNamespace(time=1e6)
    monkeypatch.setattr(rooms, "time", SimpleNamespace(monotonic=lambda: now.time))
    return now


@pytest.fixture
def made(monkeypatch):
    """Gives a room whose lessons are those above."""
    monkeypatch.setattr(rooms, "free_memory", lambda: 1e12)

    def room(renderer=Renderer, **settings):
        made = Room(Server(**settings))

        async def begun(path, theme=""):
            return Page(renderer(path, theme or "light"), made.kernels, made._turns, {})

        monkeypatch.setattr(made, "_begun", begun)
        return made

    return room


async def settle():
    for _ in range(30):
        await asyncio.sleep(0)


async def make_ready(room):
    for _ in range(60):
        await room.look()
        await settle()


async def read(page):
    return "".join([html async for html in page.snippets()])


def test_every_reader_has_a_kernel_of_their_own(made):
    async def story():
        room = made(lesson=LESSON, readers=3, spare=1)
        await make_ready(room)
        assert room.places() | {"gigabytes": 0} == {
            "readers": 3,
            "taken": 0,
            "waiting": 4,
            "ready": True,
            "gigabytes": 0,
        }
        assert len(room.kernels) == 4 and not room.kernels.watched
        assert {kernel.cwd for kernel in room.kernels.values()} == {"course/1_exchange"}
        pages = [await room.admit(LESSON) for _ in range(3)]
        texts = [await read(page) for page in pages]
        assert len({page.kernel_id for page in pages}) == 3
        assert texts == [f"head {page.kernel_id} end" for page in pages]
        assert len(room.kernels) == 4  # nobody started one

    asyncio.run(story())


def test_a_full_room_has_no_place_until_somebody_leaves(made):
    async def story():
        room = made(readers=2)
        first, second = await room.admit(LESSON), await room.admit(OTHER)
        assert await room.admit(LESSON) is None
        await read(first)
        room.leave(first)
        third = await room.admit(LESSON)  # at once, before the old kernel has ended
        assert third is not None and third.kernel_id != first.kernel_id
        await settle()
        assert set(room.kernels) == {second.kernel_id, third.kernel_id}
        room.leave(first)  # said twice
        assert room.page_of(third.kernel_id) is third and room.page_of(first.kernel_id) is None

    asyncio.run(story())


def test_of_many_who_come_at_once_only_so_many_get_in(made):
    async def story():
        room = made(readers=3)
        pages = await asyncio.gather(*(room.admit(LESSON) for _ in range(10)))
        assert sum(page is not None for page in pages) == 3
        await settle()
        assert len(room.kernels) == 3

    asyncio.run(story())


def test_the_room_is_full_when_memory_is(made, monkeypatch):
    async def story():
        room = made()
        monkeypatch.setattr(rooms, "free_memory", lambda: rooms.FREE + 2.5 * rooms.A_LESSON)
        held = asyncio.Event()
        begun = room._begun

        async def slow(path, theme=""):
            await held.wait()
            return await begun(path, theme)

        monkeypatch.setattr(room, "_begun", slow)
        coming = [asyncio.create_task(room.admit(LESSON)) for _ in range(5)]
        await settle()
        held.set()
        assert sum(page is not None for page in await asyncio.gather(*coming)) == 2  # they will grow
        await settle()
        monkeypatch.setattr(rooms, "free_memory", lambda: rooms.FREE + 0.5 * rooms.A_LESSON)
        assert await room.admit(LESSON) is None

    asyncio.run(story())


def test_who_is_left_over_waits_for_the_next(made, clock):
    """A page that is read takes one from the pool; whoever leaves gives one back, though not while others arrive."""

    async def story():
        room = made(lesson=LESSON, readers=3, spare=1)
        await make_ready(room)
        pages = [await room.admit(LESSON) for _ in range(3)]
        await make_ready(room)
        assert len(room.waiting) == 1  # the spare one
        again = await room.admit(LESSON)
        assert again is None
        room.leave(pages[0])
        reloaded = await room.admit(LESSON)
        assert reloaded.ready  # needs not wait
        await make_ready(room)
        assert len(room.waiting) == 0
        clock.time += room.pause + 1
        await make_ready(room)
        assert len(room.waiting) == 1

    asyncio.run(story())


def test_readers_of_other_lessons_take_places_from_those_that_wait(made):
    async def story():
        room = made(lesson=LESSON, readers=3, spare=0)
        await make_ready(room)
        await room.admit(OTHER)
        await make_ready(room)
        assert len(room.waiting) == 2 and len(room.kernels) == 3

    asyncio.run(story())


def test_a_page_in_another_theme_is_made_for_its_reader(made):
    async def story():
        room = made(lesson=LESSON, readers=3, spare=0)
        await make_ready(room)
        page = await room.admit(LESSON, "dark")
        assert page.theme == "dark" and len(room.waiting) == 3

    asyncio.run(story())


def test_who_comes_too_early_gets_what_has_been_begun(made):
    async def story():
        held = asyncio.Event()
        room = made(lambda path, theme: Renderer(path, theme, held), lesson=LESSON, readers=2, spare=0)
        await make_ready(room)
        assert not room.places()["ready"]
        page = await room.admit(LESSON)
        pieces = page.snippets()
        assert await anext(pieces) == "head "
        held.set()
        assert "".join([piece async for piece in pieces]) == f"{page.kernel_id} end"

    asyncio.run(story())


def test_only_so_many_lessons_run_at_the_same_time(made):
    async def story():
        held = asyncio.Event()
        room = made(lambda path, theme: Renderer(path, theme, held))
        pages = [await room.admit(LESSON) for _ in range(20)]
        await settle()
        turns = max(2, room._cores)
        assert len(room.kernels) == min(turns, 20)
        for page in pages:  # all have something to see
            assert await anext(page.snippets()) == "head "
        held.set()
        assert len(await asyncio.gather(*map(read, pages))) == 20

    asyncio.run(story())


def test_a_page_that_takes_long_says_that_it_is_there(made, monkeypatch):
    monkeypatch.setattr(rooms, "HEARTBEAT", 0.01)

    async def story():
        held = asyncio.Event()
        page = await made(lambda path, theme: Renderer(path, theme, held)).admit(LESSON)
        pieces = page.snippets()
        assert await anext(pieces) == "head "
        assert "heartbeat" in await anext(pieces)
        held.set()
        assert "end" in [piece async for piece in pieces][-1]

    asyncio.run(story())


def test_a_page_that_is_left_while_it_is_written_ends_with_its_kernel(made):
    async def story():
        room = made(lambda path, theme: Renderer(path, theme, asyncio.Event()))
        for _ in range(4):  # loaded anew, again and again
            page = await room.admit(LESSON)
            await settle()
            assert page.kernel_id in room.kernels
            room.leave(page)
        await settle()
        assert not room.kernels and not room.read
        assert room._turns._value == max(2, room._cores)  # given back

    asyncio.run(story())


def test_a_page_that_is_left_before_its_kernel_runs_leaves_none(made):
    async def story():
        room = made()
        page = await room.admit(LESSON)
        room.leave(page)
        await settle()
        assert not room.kernels

    asyncio.run(story())


@pytest.mark.parametrize("met", [False, True])
def test_pages_without_a_browser_end(made, clock, met):
    async def story():
        room = made(arriving=60, away=120, idle=1000)
        page = await room.admit(LESSON)
        await read(page)
        await room.look()
        if met:
            room.kernels[page.kernel_id].connections = 1
            await room.look()
            clock.time += 500  # as long as it is connected
            await room.look()
            room.kernels[page.kernel_id].connections = 0
        clock.time += room.away if met else room.arriving
        await room.look()
        assert page in room.read
        clock.time += 1
        await room.look()
        await settle()
        assert not room.read and not room.kernels

    asyncio.run(story())


def test_pages_at_which_nothing_happens_end(made, clock):
    async def story():
        room = made(idle=1000)
        page = await room.admit(LESSON)
        await read(page)
        kernel = room.kernels[page.kernel_id]
        kernel.connections, kernel.heard = 1, clock.time
        for step, here in ((900, True), (101, False)):
            clock.time += step
            await room.look()
            assert (page in room.read) == here
        assert page.met

    asyncio.run(story())


def test_a_page_whose_kernel_ended_ends(made):
    async def story():
        room = made()
        page = await room.admit(LESSON)
        await read(page)
        room.kernels.clear()
        await room.look()
        assert not room.read

    asyncio.run(story())


def test_a_lesson_that_cannot_be_made_ready_is_not_tried_for_ever(made):
    async def story():
        tries = itertools.count()

        def renderer(path, theme):
            next(tries)
            return Renderer(path, theme, error=ValueError("no such thing"))

        room = made(renderer, lesson=LESSON, readers=5, spare=0)
        await make_ready(room)
        assert rooms.FAILURES <= next(tries) <= rooms.FAILURES + room._cores
        assert room.places()["ready"] and not room.waiting and not room.kernels
        page = await room.admit(LESSON)
        with pytest.raises(ValueError, match="no such thing"):  # its reader hears of it
            await read(page)

    asyncio.run(story())


def test_when_the_server_stops_nothing_is_begun_and_nothing_is_waited_for(made):
    async def story():
        held = asyncio.Event()
        room = made(lambda path, theme: Renderer(path, theme, held), lesson=LESSON, readers=3)
        keeping = asyncio.create_task(room.keep())
        await asyncio.sleep(0.05)
        page = await room.admit(LESSON)
        await asyncio.wait_for(room.kernels.shutdown_all(), 1)
        assert page.task.done() and not room.kernels
        assert keeping.done() and not room.kernels

    asyncio.run(story())


def test_one_look_that_fails_is_not_the_last(made, monkeypatch):
    async def story():
        room = made()
        monkeypatch.setattr(rooms, "LOOK", 0.001)
        looks = itertools.count()

        async def look():
            if next(looks) == 0:
                raise RuntimeError("once")

        monkeypatch.setattr(room, "look", look)
        keeping = asyncio.create_task(room.keep())
        await asyncio.sleep(0.05)
        room._over = True
        await keeping
        assert next(looks) > 2

    asyncio.run(story())


def test_memory_is_that_of_the_container(monkeypatch, tmp_path):
    monkeypatch.setattr(rooms, "CGROUP", tmp_path)
    machine = free_memory()
    assert machine > 1e8
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    assert free_memory() == 2e6
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory() == pytest.approx(machine, rel=0.5)


def test_settings_are_checked():
    with pytest.raises(Exception, match="readers"):
        Room(Server(readers=-1))
