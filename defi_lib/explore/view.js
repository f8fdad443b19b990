// The browser's side of view.py: shows the figure, applies its patches, follows the theme of the page.

const VERSION_KEY = "__defi_lib_bokehjs";
const SPOKEN = 700, FORGOTTEN = 7000;      // ms after the last change; ms after that

function ask(model, what, extra = {}) {
  // One question to the kernel, one answer.
  return new Promise((resolve, reject) => {
    const id = Math.random().toString(36).slice(2);
    const done = () => { clearTimeout(timer); model.off("msg:custom", listen); };
    const listen = (message) => {
      if (message.re === id) { done(); resolve(message.answer); }
    };
    const timer = setTimeout(() => { done(); reject(new Error("the kernel does not answer; run the cell again")); }, 30000);
    model.on("msg:custom", listen);
    model.send({ ask: what, id, ...extra });
  });
}

function loadBokehJS(model) {
  // Once per page, however many plots it has; a failure may be tried again.
  globalThis[VERSION_KEY] ??= ask(model, "bokehjs").then((source) => {
    const script = document.createElement("script");
    script.textContent = source;
    document.head.append(script);
    script.remove();
    return globalThis.Bokeh;
  }).catch((error) => { delete globalThis[VERSION_KEY]; throw error; });
  return globalThis[VERSION_KEY];
}

async function settled() {
  // Bokeh takes new data in through a chain of promises, about twenty in a row. This gives way to them, but to no other
  // task of the page, behind which the plot would wait. Were the chain longer, Bokeh would paint again of its own accord.
  for (let turn = 0; turn < 100; turn++) await null;
}

function isDark(element) {
  // Whatever the host is called, its background tells.
  for (let e = element; e; e = e.parentElement) {
    const parts = getComputedStyle(e).backgroundColor.match(/[\d.]+/g)?.map(Number);
    if (parts && (parts.length < 4 || parts[3] > 0.5)) {
      const [r, g, b] = parts;
      return 0.299 * r + 0.587 * g + 0.114 * b < 128;
    }
  }
  return false;
}

function write(element, text) {
  // **bold**, and nothing else: text never becomes markup.
  element.replaceChildren(...text.split("**").map((part, i) => {
    if (i % 2 === 0) return part;
    const strong = document.createElement("strong");
    strong.textContent = part;
    return strong;
  }));
}

function swatch({ color, kind, dash }) {
  const dashes = { solid: "", dashed: "6 4", dotdash: "2 3 6 3", dotted: "2 4" }[dash];
  const shape = kind === "line" || kind === "rule"
    ? `<line x1="0" y1="6" x2="28" y2="6" stroke="${color}" stroke-width="${kind === "line" ? 3 : 1.5}" stroke-dasharray="${dashes}"/>`
    : kind === "dot" ? `<circle cx="14" cy="6" r="5" fill="${color}"/>`
    : kind === "ring" ? `<circle cx="14" cy="6" r="4.5" fill="none" stroke="${color}" stroke-width="2.5"/>`
    : kind === "hatched" ? `<rect width="28" height="12" fill="${color}" opacity="0.35"/>`
      + `<path d="M0 12 12 0M8 12 20 0M16 12 28 0" stroke="${color}" stroke-width="1.5"/>`
    : `<rect width="28" height="12" fill="${color}" opacity="${kind === "area" ? 0.35 : 1}"/>`;
  return `<svg width="28" height="12" aria-hidden="true">${shape}</svg>`;
}

function skeleton(el) {
  // The sentence is read aloud from a copy of it, so that a slider on its way does not speak at each step.
  el.classList.add("defi-plot");
  el.innerHTML = `<ul class="defi-legend"></ul><div class="defi-canvas" role="img"></div>
    <p class="defi-say"></p><p class="defi-spoken" role="status"></p><p class="defi-error" role="alert" hidden></p>`;
  const names = ["legend", "canvas", "say", "spoken", "error"];
  const parts = Object.fromEntries(names.map((n) => [n, el.querySelector(`.defi-${n}`)]));
  parts.say.id = `defi-${Math.random().toString(36).slice(2)}`;
  parts.canvas.setAttribute("aria-describedby", parts.say.id);
  return parts;
}

function announcer(element) {
  // Speaks once a movement has ended; what was spoken goes away again, or a reader of the page would meet it twice.
  let timer;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      element.textContent = text;
      timer = setTimeout(() => { element.textContent = ""; }, FORGOTTEN);
    }, SPOKEN);
  };
}

function leaveToTab(root) {
  // Bokeh makes its canvas a stop of the Tab key, without a name and with nothing to press there.
  for (const element of root.querySelectorAll("*")) {
    if (element.tabIndex >= 0) element.tabIndex = -1;
    if (element.shadowRoot) leaveToTab(element.shadowRoot);
  }
}

function writeAfterPainting(plot) {
  // While it paints, Bokeh writes where each part is, and reads styles in between: for each part the browser would work
  // out the styles anew.
  const late = new Map();
  for (const { position } of plot.computed_renderer_views) {
    const { replace } = position;
    position.replace = (...css) => { late.set(position, () => replace.apply(position, css)); };
  }
  plot.repainted.connect(() => { late.forEach((write) => write()); late.clear(); });
}

async function render({ model, el }) {
  const parts = skeleton(el);
  let plots = [];        // the view of the figure
  let waiting = [];      // patches that came before the figure
  let dark = null;

  const announce = announcer(parts.spoken);
  const tell = (text) => write(parts.say, text);
  const fail = (text) => { parts.error.textContent = text; parts.error.hidden = !text; };

  const receive = async (message, buffers) => {
    if (message.re) return;
    el.classList.toggle("defi-busy", !!message.busy);
    if (message.busy) return;
    if (message.patch && !plots.length) { waiting.push([message, buffers]); return; }
    const trouble = message.patch ? await follow(message, buffers) : "";
    // Text after the plot: a changed page would make Bokeh, which reads styles while it paints, wait for a new layout.
    fail(message.error ?? trouble);
    if (message.say === undefined) return;
    tell(message.say);
    announce(parts.say.textContent);
  };

  const follow = async ({ patch, ids }, buffers) => {
    // Paint once, as soon as the data are in, instead of at some later frame of Bokeh's choice.
    const arrays = buffers.map((b) => b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
    plots.forEach((plot) => plot.pause());
    try {
      plots[0].model.document.apply_json_patch(JSON.parse(patch), new Map(ids.map((id, i) => [id, arrays[i]])));
      await settled();
      return "";
    } catch (error) {
      return `The plot could not follow: ${error.message}`;
    } finally {
      plots.forEach((plot) => { plot.unpause(true); plot.repaint(); });
    }
  };

  const forget = () => {
    for (const { model: { document: shown } } of plots) {
      const index = globalThis.Bokeh.documents.indexOf(shown);
      shown?.clear();
      if (index >= 0) globalThis.Bokeh.documents.splice(index, 1);
    }
    plots = [];
  };

  const draw = async () => {
    dark = isDark(el);
    try {
      const Bokeh = await loadBokehJS(model);
      const { item, title, legend, say, error } = await ask(model, "figure", { dark });
      waiting = [];      // the answer is newer than all of them
      forget();
      parts.canvas.replaceChildren();
      parts.legend.innerHTML = legend.map((entry) => `<li>${swatch(entry)}<span></span></li>`).join("");
      parts.legend.querySelectorAll("span").forEach((span, i) => { span.textContent = legend[i].label; });
      parts.canvas.setAttribute("aria-label", title);
      tell(say);
      fail(error);
      const views = await Bokeh.embed.embed_item(JSON.parse(item), parts.canvas);
      plots = [...views].filter((view) => view.repaint);      // not what Bokeh keeps beside the figure
      leaveToTab(parts.canvas);
      plots.forEach(writeAfterPainting);
      waiting.forEach((args) => receive(...args));
    } catch (error) { fail(`The plot could not be shown: ${error.message}`); }
  };

  model.on("msg:custom", receive);
  const themed = new MutationObserver(() => { if (dark !== null && isDark(el) !== dark) draw(); });
  themed.observe(document.body, { attributes: true });
  for (let tries = 0; tries < 600 && !el.isConnected; tries++) {      // styles can be read only in the page
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await draw();
  return () => { themed.disconnect(); model.off("msg:custom", receive); forget(); };
}

export default { render };
