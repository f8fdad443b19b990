// What the page must know about the box around this widget; see manners.py.

function settle(box) {
  // ipywidgets leaves slider handles without a name for screen readers: give them their label.
  for (const handle of box.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".widget-inline-hbox")?.querySelector(".widget-label");
    if (label) handle.setAttribute("aria-label", label.textContent);
  }
}

function render({ el }) {
  const arrive = (tries) => {
    const box = el.closest(".defi-explorer, .defi-question");
    // The box comes into the page after this widget, and its other children after the box.
    if (!box || !el.isConnected) { if (tries) requestAnimationFrame(() => arrive(tries - 1)); return; }
    settle(box);
    const grown = new MutationObserver(() => settle(box));
    grown.observe(box, { childList: true, subtree: true });
    setTimeout(() => grown.disconnect(), 10000);
  };
  arrive(600);
}

export default { render };
