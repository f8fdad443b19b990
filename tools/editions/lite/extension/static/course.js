// What the browser edition adds to JupyterLite: a bar above each notebook that makes the kernel ready, runs a lesson, and
// says what happens, how long it takes, and how to keep one's work.
//
// It is a module of JupyterLab's ("federated extension") written by hand: JupyterLab calls init with the modules that it
// shares, and get for ours. `edition.json` beside this file is written by build.py.

(() => {
  const HERE = new URL(".", document.currentScript.src), ROOT = new URL("../../../", HERE);
  const SITE = ROOT.pathname.endsWith("/lite/") ? new URL("../", ROOT) : null;      // the edition may stand alone
  const CHANNEL = "defi-course";      // the line to the kernel; see defi_lib/browser.py
  const PROGRESS = "defi-course-progress";      // the reader's progress, in this browser
  const PATIENCE = 180;      // seconds
  const WORDS = {
    run: "Run all, then read",
    again: "Run all again",
    keep: "Download my copy",
    bring: "Open my copy …",
    about: "Size, time, keeping work",
    phone: "On a phone there is little room and memory: ",
    read: "read this page first, which needs neither",
  };
  let shared;

  const part = async (name) => (await Object.values(shared[name])[0].get())();

  function element(kind, name, text = "") {
    const made = document.createElement(kind);
    made.className = name;
    made.textContent = text;
    return made;
  }

  // ---- The kernel ---------------------------------------------------------------------------------------------------

  function remembered() {
    try { return localStorage.getItem(PROGRESS) ?? ""; } catch { return ""; }      // storage may be forbidden
  }

  function remember(text) {
    try {
      const any = Object.keys(JSON.parse(text).records).length > 0;
      if (any) localStorage.setItem(PROGRESS, text); else localStorage.removeItem(PROGRESS);
    } catch { /* it lasts as long as this page then */ }
  }

  function listen(kernel, fetching) {
    // What this kernel remembers goes to the browser; what another page has put there goes to this kernel.
    kernel.registerCommTarget(CHANNEL, (comm) => {
      comm.onMsg = ({ content: { data } }) => {
        if ("progress" in data) remember(data.progress);
        if ("fetching" in data) fetching(`fetching ${data.fetching}, ${(data.bytes / 1e6).toFixed(1)} MB`);
      };
      const hear = (event) => {
        if (event.key === PROGRESS) comm.send({ progress: event.newValue ?? "" });
      };
      addEventListener("storage", hear);
      comm.onClose = () => removeEventListener("storage", hear);
      kernel.disposed.connect(() => removeEventListener("storage", hear));
    });
  }

  async function ready(kernel, path, fetching) {
    // The first thing that a fresh kernel is asked, before any cell.
    listen(kernel, fetching);
    const told = [path, remembered()].map((text) => JSON.stringify(text)).join(", ");
    const code = `__import__("defi_lib.browser", fromlist=["start"]).start(${told})`;
    const reply = await kernel.requestExecute({ code, silent: true, store_history: false }).done;
    if (reply.content.status !== "ok") throw new Error(reply.content.evalue);
  }

  function whenFresh(session, begin) {
    // Each kernel once: the first one, one that was chosen, and one that was restarted.
    let restarted = false, known;
    const fresh = () => {
      const kernel = session.session?.kernel;
      if (!kernel || kernel === known) return;
      known = kernel;
      begin(kernel);
    };
    session.kernelChanged.connect(fresh);
    session.statusChanged.connect((_, status) => {
      if (["restarting", "autorestarting"].includes(status)) restarted = true;
      else if (restarted && ["starting", "idle"].includes(status)) {
        restarted = false;
        known = null;
        fresh();
      }
    });
    fresh();
  }

  // ---- The bar ------------------------------------------------------------------------------------------------------

  function bar(path, edition) {
    const node = element("div", "defi-bar"), line = element("div", "defi-bar-line");
    const run = element("button", "defi-bar-run", WORDS.run), said = element("span", "defi-bar-said");
    const about = element("details", "defi-bar-about");
    said.setAttribute("role", "status");
    about.append(element("summary", "", WORDS.about));
    const { megabytes, seconds, notes } = edition;
    for (const text of [
      `Python itself runs in this page: nothing is installed, and what you do is sent nowhere. A first visit fetches about ${megabytes} MB, `
        + `which the browser keeps for the next; Python then needs ${seconds} seconds before sliders move, on a slow machine longer. Some lessons fetch up to 20 MB more, and say so.`,
      "What you change lasts as long as this page is open. Download your copy to keep it, and open it here again; the same file opens in Jupyter. "
        + "Your progress (quizzes, predictions, points of labs) stays in this browser and is shown by the page My progress.",
    ]) about.append(element("p", "", text));
    const keep = element("button", "defi-bar-keep", WORDS.keep), bring = element("button", "defi-bar-bring", WORDS.bring);
    const file = element("input", "");
    Object.assign(file, { type: "file", accept: ".ipynb", hidden: true });
    bring.addEventListener("click", () => file.click());
    const keeping = element("p", "");
    keeping.append(keep, bring, file);
    about.append(keeping);
    line.append(run, said);
    node.append(line, about);
    if (notes[path]) node.append(element("p", "defi-bar-note", notes[path]));
    if (SITE) {
      const phone = element("p", "defi-bar-phone", WORDS.phone), read = element("a", "", WORDS.read);
      read.href = new URL(path.replace(/ipynb$/, "html"), SITE);
      phone.append(read, ".");
      node.append(phone);
    }
    return { node, run, said, keep, file, doing: "Python is busy" };
  }

  function above(panel, node, Widget) {
    // JupyterLab lays out its parts by hand: it is told how high the bar is.
    const place = new Widget();
    place.node.append(node);
    panel.contentHeader.addWidget(place);
    new ResizeObserver(() => {
      place.node.style.minHeight = `${node.offsetHeight}px`;
      panel.contentHeader.fit();
    }).observe(node);
  }

  function say(bar, text, state) {
    if (bar.said.textContent !== text) bar.said.textContent = text;
    bar.node.dataset.state = state;
  }

  async function runAll(panel, bar, execute) {
    // One after another: what is shown of a cell stays until its turn comes, and nobody is scrolled away from reading.
    const cells = panel.content.widgets.filter((cell) => cell.model.type === "code" && cell.model.sharedModel.source.trim());
    for (const [index, cell] of cells.entries()) {
      bar.doing = `Running cell ${index + 1} of ${cells.length}`;
      say(bar, `${bar.doing} …`, "busy");
      const reply = await execute(cell, panel.sessionContext);
      if (cell.isDisposed || reply?.content.status === "ok") continue;
      return say(bar, `Cell ${index + 1} of ${cells.length} stopped: read there why. Those below it have not run.`, "stopped");
    }
    const sliders = panel.node.querySelector(".defi-explorer") ? ": every slider moves" : "";
    say(bar, `All cells have run${sliders}.`, "done");
  }

  function download(panel) {
    const text = JSON.stringify(panel.context.model.toJSON(), null, 1);
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" })),
      download: panel.context.path.split("/").pop(),
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function open(panel, bar, file) {
    try {
      const notebook = JSON.parse(await file.text());
      if (!Array.isArray(notebook.cells)) throw new Error("it has no cells");
      panel.context.model.fromJSON(notebook);
      say(bar, `Here is ${file.name}: run its cells.`, "idle");
    } catch (error) { say(bar, `${file.name} is no notebook (${error.message}).`, "stopped"); }
  }

  function holdChanges(panel) {
    // Whoever has written something is asked before the page is left.
    const sources = () => JSON.stringify([...panel.context.model.cells].map((cell) => cell.sharedModel.source));
    let kept = sources();
    addEventListener("beforeunload", (event) => { if (!panel.isDisposed && sources() !== kept) event.preventDefault(); });
    return () => { kept = sources(); };
  }

  // ---- Links --------------------------------------------------------------------------------------------------------

  function followLinks(panel, path) {
    // JupyterLite would open its list of files. A notebook opens as this one did; other pages stand in pages/.
    panel.node.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]"), told = link?.dataset.commandlinkerArgs;
      const own = link?.getAttribute("href") ?? "";
      if (!told && (!own || /^(#|[a-z]+:)/.test(own))) return;
      const { pathname, hash } = told ? new URL(`${JSON.parse(told).path}${JSON.parse(told).id}`, ROOT) : new URL(own, new URL(path, ROOT));
      const wanted = decodeURIComponent(pathname).slice(ROOT.pathname.length);
      const place = wanted.endsWith(".ipynb") ? `notebooks/index.html?path=${encodeURI(wanted)}` : `pages/${wanted.replace(/\.md$/, ".html")}${hash}`;
      event.preventDefault();
      event.stopImmediatePropagation();
      window.open(new URL(place, ROOT), "_blank");
    }, true);
  }

  // -------------------------------------------------------------------------------------------------------------------

  async function show(panel, { edition, Widget, CodeCell }) {
    await panel.context.ready;
    const path = panel.context.path, made = bar(path, edition), start = performance.now();
    above(panel, made.node, Widget);
    const isLesson = path.startsWith("course/");
    let running = false, waiting = true, kernel = Promise.resolve();
    const wait = setInterval(() => {
      const now = Math.round((performance.now() - start) / 1000);
      if (!waiting) clearInterval(wait);
      else if (now > PATIENCE) say(made, `Python has not started in ${now} seconds. Load the page again, or try a newer browser.`, "stopped");
      else if (now % 5 === 0) say(made, `Python is starting, ${edition.seconds} seconds in all: ${now} …`, "busy");
    }, 1000);
    say(made, `Python is starting: about ${edition.megabytes} MB the first time, ${edition.seconds} seconds …`, "busy");
    const run = async () => {
      if (running) return;
      running = made.run.disabled = true;
      try {
        await kernel;
        waiting = false;
        await runAll(panel, made, CodeCell.execute);
        made.run.textContent = WORDS.again;
      } catch (error) { say(made, `Python could not run this page here: ${error.message}`, "stopped"); }
      running = made.run.disabled = false;
    };
    made.run.addEventListener("click", run);
    const saved = holdChanges(panel);
    made.keep.addEventListener("click", () => { download(panel); saved(); });
    made.file.addEventListener("change", () => open(panel, made, made.file.files[0]));
    await panel.sessionContext.ready;
    whenFresh(panel.sessionContext, (fresh) => {
      kernel = ready(fresh, path, (text) => say(made, `${made.doing}: ${text} …`, "busy"));
      kernel.then(() => {
        waiting = false;
        if (!running) say(made, isLesson ? "Python is ready." : "Python is ready: write your answers, and run each cell with Shift + Enter.", "idle");
      }, (error) => { waiting = false; say(made, `Python could not start here: ${error.message}`, "stopped"); });
    });
    followLinks(panel, path);
    if (isLesson) await run();
  }

  const plugin = (INotebookTracker, tools) => ({
    id: "defi-course-browser:bar",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (_, tracker) => { tracker.widgetAdded.connect((_, panel) => { show(panel, tools).catch(console.error); }); },
  });

  (globalThis._JUPYTERLAB ??= {})["defi-course-browser"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const [{ INotebookTracker }, { CodeCell }, { Widget }] = await Promise.all(
        ["@jupyterlab/notebook", "@jupyterlab/cells", "@lumino/widgets"].map(part));
      const edition = await (await fetch(new URL("edition.json", HERE))).json();
      const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("course.css", HERE) });
      document.head.append(style);
      return () => ({ __esModule: true, default: [plugin(INotebookTracker, { edition, Widget, CodeCell })] });
    },
  };
})();
