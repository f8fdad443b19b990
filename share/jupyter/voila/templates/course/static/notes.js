// The window of speaker notes: it follows the steps of the lesson (steps.js), turns its pages, and has a clock.
(() => {
  const main = document.querySelector(".course-notes");
  const channel = new BroadcastChannel(`defi-course:${main.dataset.lesson}`);
  const status = main.querySelector("[role=status]"), time = main.querySelector(".course-time");
  const start = main.querySelector(".course-start-clock"), whole = time.textContent.split(" of ")[1];
  const sections = [...main.querySelectorAll("section")];
  let began = 0, now = null;

  function tick() {
    const seconds = began ? Math.floor((Date.now() - began) / 1000) : 0;
    const until = now ? parseFloat(now.dataset.start) + parseFloat(now.dataset.minutes) : 0;
    const late = now && seconds / 60 > until + 1;
    const said = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} of ${whole}`;
    time.textContent = now ? `${said}; this part until minute ${Math.round(until)}` : said;
    time.classList.toggle("course-late", Boolean(late));
  }

  function startClock() {
    began = Date.now();
    start.textContent = "Start it again";
    tick();
  }

  channel.addEventListener("message", ({ data }) => {
    if (data.on === undefined) return;      // from a window like this one
    if (!data.on) {
      status.textContent = "The lesson is shown as one page. Press S there.";
      return;
    }
    status.textContent = `Step ${data.step} of ${data.of}: ${data.section}` + (data.next && data.next !== data.section ? `. Then: ${data.next}` : "");
    if (!began && data.step > 1) startClock();
    const found = sections.find((section) => section.dataset.title.replace(/[$*`\\]/g, "") === data.section.replace(/[$*`\\]/g, ""))
      ?? (data.step === 1 ? sections[0] : now);
    if (found === now) return;
    now?.removeAttribute("aria-current");
    now = found;
    now?.setAttribute("aria-current", "step");
    now?.scrollIntoView({ block: "start" });
    tick();
  });
  const go = (way) => channel.postMessage({ go: way });
  main.addEventListener("click", (event) => {
    const way = event.target.closest("[data-go]")?.dataset.go;
    if (way) go(Number(way));
    if (event.target === start) startClock();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { PageDown: 1, PageUp: -1, n: 1, p: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    go(way);
  });
  setInterval(tick, 1000);
  channel.postMessage({ ask: true });
})();
