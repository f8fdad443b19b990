// Large type for the back row: key L or the button; remembered. Plots follow. Links keep a dark theme.
const LARGE = "defi-course-large";
const SIZES = ["major_label_text_font_size", "axis_label_text_font_size", "label_text_font_size", "title_text_font_size"];
const before = new WeakMap();

const isLarge = () => document.documentElement.classList.contains("course-large");

// How much larger than usual the type of a plot is; steps (steps.js) have a size of their own.
function enlarged() {
  const page = document.documentElement;
  if (page.classList.contains("course-steps")) return Math.max(1, parseFloat(getComputedStyle(page).fontSize) / 17);
  return isLarge() ? 1.5 : 1;
}

function parts(plot) {
  const side = (name) => plot[name] ?? [];
  return [...side("below"), ...side("left"), ...side("above"), ...side("right"), ...side("center")];
}

function enlargePlots() {
  const factor = enlarged();
  for (const view of window.Bokeh?.index ?? []) {
    for (const part of parts(view.model)) {
      for (const size of SIZES.filter((name) => typeof part[name] === "string")) {
        const sizes = before.get(part) ?? before.set(part, {}).get(part);
        sizes[size] ??= part[size];
        const [, number, unit] = /^([\d.]+)(.*)$/.exec(sizes[size]) ?? [];
        const wanted = factor === 1 ? sizes[size] : `${+(number * factor).toFixed(1)}${unit}`;
        if (number && part[size] !== wanted) part[size] = wanted;
      }
    }
  }
}

// What stands at the top of the window stays there while the type changes; plots follow a little later.
function keepingPlace(change) {
  const title = document.querySelector("h1");
  const mark = document.elementsFromPoint(innerWidth / 2, 60).find((element) => !element.contains(title) && element !== title);
  const top = mark?.getBoundingClientRect().top;
  change();
  const back = () => {
    if (!mark?.isConnected) return;
    mark.style.scrollMarginTop = `${top}px`;
    mark.scrollIntoView({ block: "start" });
    mark.style.scrollMarginTop = "";
  };
  requestAnimationFrame(back);
  for (const later of [200, 600]) setTimeout(back, later);
}

function enlarge(large) {
  keepingPlace(() => setLarge(large));
}

function setLarge(large) {
  document.documentElement.classList.toggle("course-large", large);
  for (const button of document.querySelectorAll(".course-larger")) button.setAttribute("aria-pressed", String(large));
  try {
    localStorage.setItem(LARGE, large ? "1" : "");
  } catch {
    // a browser that remembers nothing
  }
  enlargePlots();
  window.dispatchEvent(new Event("resize"));
}

function typing(element) {
  return element.isContentEditable || /^(input|select|textarea)$/i.test(element.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "l" && !(event.ctrlKey || event.metaKey || event.altKey) && !typing(event.target)) {
    enlarge(!isLarge());
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".course-larger")) enlarge(!isLarge());
});

let remembered = "";
try {
  remembered = localStorage.getItem(LARGE) ?? "";
} catch {
  // a browser that remembers nothing
}
if (remembered) setLarge(true);
// Plots come when their cells have run.
new MutationObserver(() => enlarged() !== 1 && enlargePlots()).observe(document.documentElement, { childList: true, subtree: true });

if (document.body.dataset.jpThemeLight === "false" || (document.body.classList.contains("course-page") && matchMedia("(prefers-color-scheme: dark)").matches)) {
  for (const link of document.querySelectorAll('a[href*="/voila/render/"]')) {
    const address = new URL(link.href);
    address.searchParams.set("theme", "dark");
    link.href = address;
  }
}

// A page that is left frees its kernel. Voilà says so, too, but only once it has loaded all of itself.
const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
if (config.kernelId) addEventListener("pagehide", () => navigator.sendBeacon(`${config.baseUrl}voila/api/shutdown/${config.kernelId}`));
