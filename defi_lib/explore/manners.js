// How the box around this widget behaves in the page; see manners.py.

const BOXES = ".defi-explorer, .defi-question";
const FIELDS = "[tabindex='0'], button, select, input, textarea, a[href], [contenteditable='true'], .bk-Figure";
const OURS = "data-lm-suppress-shortcuts";
const PAUSE = 1500, PATIENCE = 4000;      // ms after the last movement; ms until a silent kernel is taken for a new one

// ---- Keys -----------------------------------------------------------------------------------------------------------

function isForThePage(event) {
  // Saving is, from everywhere; running the cell only if no control has the focus, but the box as such.
  const command = event.ctrlKey || event.metaKey;
  return (command && event.key.toLowerCase() === "s")
    || (event.key === "Enter" && (command || event.shiftKey) && !event.target.closest(FIELDS));
}

function keepKeys() {
  // Jupyter takes keys at the document, if the element that has the focus does not say that they are its own. Said at
  // the window, which comes before the document, it holds for every element, also for those that appear later.
  if (globalThis.__defi_lib_keys) return;      // once per page, however many boxes it has
  globalThis.__defi_lib_keys = true;
  addEventListener("keydown", (event) => {
    if (!event.target.closest?.(BOXES)) return;
    if (!isForThePage(event)) event.target.setAttribute(OURS, "true");
    else for (let e = event.target; e.closest(BOXES); e = e.parentElement) e.removeAttribute(OURS);
  }, true);
}

function holdKeys(box) {
  // A second line, for hosts that listen further out. What a press leaves without focus gets it: the box, or the slider.
  box.addEventListener("keydown", (event) => { if (!isForThePage(event)) event.stopPropagation(); });
  box.tabIndex = -1;
  box.addEventListener("click", (event) => {
    const row = event.target.closest(".widget-slider");
    if (row && !event.target.closest(".widget-readout")) row.querySelector(".noUi-handle")?.focus({ preventScroll: true });
  });
}

// ---- Names and values -----------------------------------------------------------------------------------------------

function sayValue(row) {
  // A slider says what its readout shows, with the unit; of its own it would say the place in its list of values.
  const handle = row.querySelector(".noUi-handle"), shown = row.querySelector(".widget-readout")?.textContent.trim();
  if (!handle || !shown) return;
  const told = row.querySelector(".widget-label")?.textContent.match(/\(([^()]*)\)\s*$/)?.[1] ?? "";
  const unit = /[$%]/.test(shown) ? told.replace(/^(%|USD)(?= |$)/, "") : told;      // "$50", "30 % of the collateral"
  const said = `${shown} ${unit.trim()}`.trim();
  if (handle.getAttribute("aria-valuetext") !== said) handle.setAttribute("aria-valuetext", said);
}

function name(box) {
  // ipywidgets leaves handles and readouts without a name.
  for (const row of box.querySelectorAll(".widget-slider")) {
    const label = row.querySelector(".widget-label"), readout = row.querySelector(".widget-readout");
    if (label?.title === "null") label.removeAttribute("title");
    if (label) row.querySelector(".noUi-handle")?.setAttribute("aria-label", label.textContent);
    if (label && readout?.getAttribute("contenteditable") === "true") {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${label.textContent}, as a number`);
    }
    sayValue(row);
  }
  for (const button of box.querySelectorAll(".defi-scenarios button:not(:last-child):not([aria-pressed])")) {
    button.setAttribute("aria-pressed", "false");
  }
}

function markPressed(box) {
  // The chosen scenario stays marked until something moves.
  const mark = (chosen) => box.querySelectorAll(".defi-scenarios [aria-pressed]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button === chosen));
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest(".defi-scenarios button");
    if (button) mark(button);
  });
  const moved = (event) => { if (event.target.closest(".defi-controls")) mark(null); };
  for (const kind of ["input", "change"]) box.addEventListener(kind, moved);
  box.addEventListener("pointerdown", (event) => { if (event.target.closest(".slider-container")) moved(event); });
  box.addEventListener("keydown", (event) => {
    if (/^(Arrow|Page|Home|End)/.test(event.key) && event.target.closest(".noUi-handle")) moved(event);
  });
}

// ---- A kernel that is gone ------------------------------------------------------------------------------------------

function advice() {
  if (document.querySelector(".lm-MenuBar")) return "The kernel was restarted: run the cells again (Run ▸ Run All Cells).";
  return "The kernel is gone: load the page again, or run the cells again.";
}

function watchKernel(model, el, box) {
  // A restart from the menu takes the line to the kernel away, which ipywidgets tells by a class. One that died and came
  // back has the line but knows no widget: it does not answer. A kernel that is busy may answer late.
  let pause, patience, used = false, quiet = false;
  const isCut = () => el.classList.contains("jupyter-widgets-disconnected");
  const isBusy = () => model.widget_manager?.kernel?.status === "busy";
  const tell = () => {
    const gone = quiet || isCut();
    box.classList.toggle("defi-gone", gone);
    const told = gone && (used || box.matches(".defi-explorer"));      // many questions need not all say it
    if (told === (el.textContent !== "")) return;
    const first = !document.querySelector(".defi-advice[role=alert]");
    el.className = `${el.className.replace(" defi-advice", "")}${told ? " defi-advice" : ""}`;
    if (told && first) el.setAttribute("role", "alert"); else el.removeAttribute("role");
    el.textContent = told ? advice() : "";
    el.style.display = told ? "block" : "none";
  };
  const ask = () => {
    clearTimeout(patience);
    if (isCut()) return;
    patience = setTimeout(() => { if (isBusy()) ask(); else { quiet = true; tell(); } }, PATIENCE);
    model.send({ ask: "alive" });
  };
  const heard = () => { clearTimeout(patience); quiet = false; tell(); };
  const use = () => {
    used = true;
    tell();
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  };
  const changed = new MutationObserver(tell);
  changed.observe(el, { attributes: true, attributeFilter: ["class"] });
  model.on("msg:custom", heard);
  for (const kind of ["pointerup", "keyup", "change"]) box.addEventListener(kind, use);
  return () => { changed.disconnect(); clearTimeout(pause); clearTimeout(patience); model.off("msg:custom", heard); };
}

// ---------------------------------------------------------------------------------------------------------------------

function settle(model, el, box) {
  keepKeys();
  holdKeys(box);
  name(box);
  markPressed(box);
  const changed = new MutationObserver((records) => {
    const rows = new Set();
    let grown = false;
    for (const { target, addedNodes, attributeName } of records) {
      const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
      if (!element || element.closest(".defi-plot")) continue;
      const row = element.closest(".widget-slider");
      if (row) rows.add(row);
      grown ||= attributeName === "contenteditable" || [...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
    }
    if (grown) name(box); else rows.forEach(sayValue);
  });
  changed.observe(box, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["aria-valuetext", "contenteditable"],
  });
  const forget = watchKernel(model, el, box);
  return () => { changed.disconnect(); forget(); };
}

function render({ model, el }) {
  let forget, over = false;
  const arrive = () => {
    const box = el.closest(BOXES);
    // The box comes around this widget after it, and its other children after the box.
    if (box) forget = settle(model, el, box); else if (!over) setTimeout(arrive, 50);
  };
  arrive();
  return () => { over = true; forget?.(); };
}

export default { render };
