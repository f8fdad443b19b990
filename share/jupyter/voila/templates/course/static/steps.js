// Steps for a lecture: key S shows the lesson screen by screen. A screen is a heading with what fits below it, or one
// plot. Nothing is moved or copied: what is not shown stands out of sight, so that widgets stay live.
// A second window (key T) hears by BroadcastChannel where the lecture is, and may turn the pages.
(() => {
  const STEPS = "defi-course-steps";
  const LEAST_PLOT = 120;      // pixels
  const ATOMS = "p, h1, h2, h3, h4, ul, ol, dl, table, pre, details, blockquote, img, .defi-explorer, .defi-plot, .defi-question";
  const WRAPPERS = "[cell-index], .jp-Cell, .jp-Cell-inputWrapper, .jp-Cell-outputWrapper, .jp-InputArea, .jp-OutputArea,"
    + " .jp-OutputArea-child, .jp-RenderedMarkdown, .lm-Panel, .widget-vbox, .widget-output";
  const KEEP_ARROWS = "[role=slider], [role=radiogroup], [role=textbox], input, select, textarea, [contenteditable=true]";

  const root = document.documentElement;
  const cells = () => document.getElementById("rendered_cells");
  if (!cells()) return;      // no lesson
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`defi-course:${location.pathname}`) : null;
  const isOn = () => root.classList.contains("course-steps");
  let steps = [], here = null;      // a step: its parts, and the section it belongs to

  // ---- What fits on a screen ----------------------------------------------------------------------------------------

  function parts(element) {
    // Paragraphs, lists, questions, plots: what is not torn apart. What waits for an answer is passed over; once it is
    // there, it has parts of its own.
    if (element.matches(".defi-waiting, script, style, .jp-Collapser")) return [];
    const opened = element.matches(".defi-question") && element.querySelector(".jp-OutputArea-child");
    if (!opened && (element.matches(ATOMS) || !element.matches(WRAPPERS))) return element.offsetHeight > 1 ? [element] : [];
    return [...element.children].flatMap(parts);
  }

  const isHeading = (part) => part.matches("h1, h2");
  const holdsPlot = (part) => part.matches(".defi-plot") || part.querySelector(".defi-canvas") !== null;
  const words = (heading) => [...heading.childNodes].filter((n) => !n.matches?.(".anchor-link")).map((n) => n.textContent).join("").trim();

  function height(part) {
    const { marginTop, marginBottom } = getComputedStyle(part);
    return part.offsetHeight + Math.max(parseFloat(marginTop) || 0, parseFloat(marginBottom) || 0);
  }

  function room() {
    return cells().clientHeight - 2.6 * parseFloat(getComputedStyle(root).fontSize);
  }

  function cut() {
    // What is on the screen now stays together, whatever has grown in the meantime.
    const kept = new Set(here?.parts ?? []), found = [];
    const most = room();
    let step = null, section = document.title, filled = 0;
    for (const part of [...cells().querySelectorAll("[cell-index]")].flatMap(parts)) {
      if (isHeading(part)) section = words(part);
      const last = step?.parts.at(-1), own = height(part);
      const onlyHeadings = step?.parts.every(isHeading);
      const together = last && kept.has(last) && kept.has(part);
      const border = last && kept.has(last) !== kept.has(part);
      const full = holdsPlot(part) || (last && holdsPlot(last)) || filled + own > most;
      if (!step || (!together && (border || isHeading(part) || (full && !onlyHeadings)))) {
        step = { parts: [], section };
        found.push(step);
        filled = 0;
      }
      step.parts.push(part);
      step.section = section;
      filled += own;
    }
    return found;
  }

  // ---- Showing ------------------------------------------------------------------------------------------------------

  function fit(step) {
    // A plot gets the height that is left over.
    for (const plot of step.parts.filter(holdsPlot)) {
      const canvases = [...plot.querySelectorAll(".defi-canvas")];
      const others = cells().firstElementChild.offsetHeight - canvases.reduce((sum, canvas) => sum + canvas.offsetHeight, 0);
      plot.classList.add("course-plot");
      plot.style.setProperty("--course-plot", `${Math.floor(Math.max(LEAST_PLOT, (cells().clientHeight - others) / canvases.length))}px`);
    }
  }

  function controls(explorer) {
    // Two controls are in sight, and a button for the others.
    const all = explorer.querySelectorAll(".defi-controls > *").length, main = explorer.querySelectorAll(".defi-main").length;
    if (explorer.querySelector(".course-controls") || all <= main) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "course-controls jupyter-button", textContent: `More controls (${all - main})` });
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const more = explorer.classList.toggle("course-more"), toggle = explorer.querySelector(".defi-more > .widget-toggle-button");
      if (toggle && toggle.classList.contains("mod-active") !== more) toggle.click();
      button.setAttribute("aria-expanded", String(more));
      for (const later of [100, 400]) setTimeout(() => here && fit(here), later);
    });
    explorer.querySelector(".defi-scenarios")?.append(button);
  }

  function show(step) {
    here = step;
    const shown = new Set(step.parts);
    for (const cell of cells().querySelectorAll("[cell-index]")) {
      const inside = parts(cell);
      cell.classList.toggle("course-off", !inside.some((part) => shown.has(part)));
      for (const part of inside) part.classList.toggle("course-off", !shown.has(part));
    }
    for (const part of step.parts) part.querySelectorAll(".defi-explorer").forEach(controls);
    step.parts.filter((part) => part.matches(".defi-explorer")).forEach(controls);
    running.textContent = isHeading(step.parts[0]) ? "" : step.section;
    running.hidden = !running.textContent;
    fit(step);
    tell();
  }

  function tell() {
    const at = steps.indexOf(here), next = steps[at + 1];
    const said = `Step ${at + 1} of ${steps.length}: ${here.section}`;
    if (status.textContent !== said) status.textContent = said;
    back.disabled = at === 0;
    on.disabled = !next;
    channel?.postMessage({ section: here.section, step: at + 1, of: steps.length, next: next?.section ?? "", on: true });
  }

  function refresh() {
    // Type, window or outputs have changed: the same part of the lesson stays in sight.
    if (!isOn()) return;
    steps = cut();
    const first = here?.parts.find((part) => part.isConnected);
    show(steps.find((step) => step.parts.includes(first)) ?? steps[0]);
  }

  function go(way) {
    steps = cut();      // an answer may have opened what waited for it
    const at = steps.findIndex((step) => step.parts.includes(here.parts[0]));
    const to = steps[Math.min(Math.max(at + way, 0), steps.length - 1)];
    if (to === steps[at]) return;
    const focused = document.activeElement;
    show(to);
    cells().scrollTop = 0;
    if (focused?.closest(".course-off") || focused?.disabled) cells().focus({ preventScroll: true });
    for (const later of [200, 600]) setTimeout(() => here === to && fit(to), later);      // plots that come into sight
  }

  // ---- On and off ---------------------------------------------------------------------------------------------------

  function button(text, title, act) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text, title });
    made.addEventListener("click", act);
    return made;
  }

  const notes = document.querySelector(".course-present")?.dataset.notes;
  const bar = Object.assign(document.createElement("nav"), { className: "course-bar" });
  bar.setAttribute("aria-label", "Steps");
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  const running = Object.assign(document.createElement("p"), { className: "course-running" });
  const back = button("← Back", "Keys: ←, Page Up, P", () => go(-1)), on = button("Next →", "Keys: →, Page Down, N", () => go(1));
  const ends = button("End (S)", "Keys: S, Escape", () => present(false));
  bar.append(back, status, on, ...(notes ? [button("Notes (T)", "Key: T; in a window of their own", openNotes)] : []), ends);

  function openNotes() {
    if (notes) window.open(notes, "defi-course-notes", "width=760,height=820");
  }

  function present(wanted) {
    root.classList.toggle("course-steps", wanted);
    try {
      sessionStorage.setItem(STEPS, wanted ? "1" : "");
    } catch {
      // a browser that remembers nothing
    }
    if (wanted) {
      document.body.append(bar);
      cells().firstElementChild.prepend(running);
      cells().tabIndex = -1;
      root.style.setProperty("--course-bar-height", `${bar.offsetHeight}px`);
      const top = [...cells().querySelectorAll("[cell-index]")].flatMap(parts).find((part) => part.getBoundingClientRect().bottom > 60);
      here = null;
      steps = cut();
      show(steps.find((step) => step.parts.includes(top)) ?? steps[0]);
      cells().scrollTop = 0;
      for (const later of [300, 1000, 3000]) setTimeout(refresh, later);      // plots follow the size of type
    } else {
      const first = here?.parts[0];
      for (const part of document.querySelectorAll(".course-off")) part.classList.remove("course-off");
      for (const plot of document.querySelectorAll(".course-plot")) plot.classList.remove("course-plot");
      for (const explorer of document.querySelectorAll(".defi-explorer.course-more")) explorer.classList.remove("course-more");
      here = null;
      bar.remove();
      running.remove();
      requestAnimationFrame(() => first?.scrollIntoView({ block: "start" }));
      channel?.postMessage({ on: false });
    }
    enlargePlots();
    window.dispatchEvent(new Event("resize"));
  }

  const MOVES = { PageDown: 1, PageUp: -1, n: 1, p: -1, ArrowRight: 1, ArrowLeft: -1 };

  // Before everybody else: a slider would take Page Down, which is what a clicker sends, and widgets keep letters for themselves.
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || cells().offsetHeight === 0) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const inControl = event.target.closest?.(KEEP_ARROWS);
    const types = event.target.closest?.("[role=textbox], [contenteditable=true], select, textarea, input:not([type=radio], [type=checkbox])");
    if (key.length === 1 && types) return;
    if (key === "s") present(!isOn());
    else if (key === "t" && isOn()) openNotes();
    else if (key === "Escape" && isOn() && !types) present(false);
    else if (!isOn() || !(key in MOVES) || (key.startsWith("Arrow") && inControl)) return;
    else go(MOVES[key]);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".course-present")) present(true);
  });
  let size = "", pause;
  window.addEventListener("resize", () => {
    if (size === `${innerWidth}x${innerHeight}`) return;      // said by ourselves
    size = `${innerWidth}x${innerHeight}`;
    clearTimeout(pause);
    pause = setTimeout(() => { enlargePlots(); refresh(); }, 200);
  });
  channel?.addEventListener("message", ({ data }) => {
    if (!isOn() || !here) return;
    if (data.go) go(data.go);
    else if (data.ask) tell();
  });

  // The next lesson of a lecture begins as the last one ended, once it is there.
  let wanted = "";
  try {
    wanted = sessionStorage.getItem(STEPS) ?? "";
  } catch {
    // a browser that remembers nothing
  }
  const begin = () => (cells()?.offsetHeight && cells().querySelector("h1") ? present(true) : setTimeout(begin, 300));
  if (wanted) begin();
})();
