// Lets a reader type into the number beside a slider; see typing.py. Keys of the page are held by manners.js.

function render({ model, el }) {
  let grown;
  const readoutOf = (event) => event.target.closest?.(".widget-slider .widget-readout");

  const open = (box) => {
    for (const readout of box.querySelectorAll(".widget-slider .widget-readout:not([contenteditable])")) {
      readout.setAttribute("contenteditable", "true");
      readout.setAttribute("role", "textbox");
      readout.setAttribute("spellcheck", "false");
      readout.setAttribute("inputmode", "decimal");
      readout.tabIndex = 0;
    }
  };

  const begin = (event) => {
    const readout = readoutOf(event);
    if (!readout) return;
    readout.dataset.before = readout.textContent;
    getSelection().selectAllChildren(readout);
  };

  const keys = (event) => {
    const readout = readoutOf(event);
    if (!readout || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") readout.textContent = readout.dataset.before;
    // Not blur: without a focus, the next key would be a command of the notebook.
    readout.closest(".widget-slider").querySelector(".noUi-handle").focus({ preventScroll: true });
  };

  const end = (event) => {
    // The kernel reads the number; until it has, the old one stands.
    const readout = readoutOf(event), typed = readout?.textContent.trim(), before = readout?.dataset.before;
    if (before === undefined || typed === before.trim()) return;
    readout.textContent = before;
    const all = [...readout.closest(".defi-explorer").querySelectorAll(".widget-slider .widget-readout")];
    if (typed) model.send({ typed, at: all.indexOf(readout) });
  };

  const arrive = (tries) => {
    const box = el.closest(".defi-explorer");
    if (!box) { if (tries) setTimeout(() => arrive(tries - 1), 50); return; }
    open(box);
    grown = new MutationObserver(() => open(box));
    grown.observe(box, { childList: true, subtree: true });
    setTimeout(() => grown.disconnect(), 10000);
    box.addEventListener("focusin", begin);
    box.addEventListener("keydown", keys);
    box.addEventListener("focusout", end);
  };
  arrive(600);
  return () => grown?.disconnect();
}

export default { render };
