// Draws the formulas, and finds the largest type in which both pages hold what stands on them.
const LARGEST = 11, SMALLEST = 7, STEP = 0.25;      // pt

function draw(span) {
  const { tex2svg } = Bokeh.require("models/text/mathjax");
  const display = span.classList.contains("display");
  const drawn = tex2svg(span.textContent, { display });
  const svg = drawn.querySelector("svg"), wrong = svg.querySelector("[data-mml-node=merror]");
  span.setAttribute("role", "img");
  span.setAttribute("aria-label", span.textContent);
  span.replaceChildren(svg);
  return wrong ? `the formula ${span.getAttribute("aria-label")} cannot be drawn` : "";
}

function fits(page) {
  const { bottom } = page.getBoundingClientRect();
  const wide = [...page.querySelectorAll("table, .tex.display")].some((e) => e.getBoundingClientRect().right > page.getBoundingClientRect().right + 1);
  return page.scrollHeight <= page.clientHeight && page.lastElementChild.getBoundingClientRect().bottom <= bottom + 1 && !wide;
}

function fit(page) {
  // The smaller the type, the lower the picture.
  for (const [height, least] of [[75, 9.5], [66, 9], [58, 8.5], [48, SMALLEST]]) {
    page.style.setProperty("--picture", `${height}mm`);
    for (let size = LARGEST; size >= least; size -= STEP) {
      page.style.fontSize = `${size}pt`;
      if (fits(page)) return size;
    }
  }
  return 0;
}

function rule(box) {
  // Lines to write on, as many as there is room for.
  const apart = 6.8, high = box.clientHeight * 25.4 / 96;      // mm
  for (let at = apart; at <= high; at += apart) {
    const line = document.createElement("i");
    line.style.top = `${at - 0.3}mm`;
    box.append(line);
  }
}

async function layOut(content, title) {
  document.title = title;
  document.body.innerHTML = content;
  const wrong = [...document.querySelectorAll(".tex")].map(draw).filter(Boolean);
  await Promise.all([...document.images].map((image) => image.decode()));
  const pages = [...document.querySelectorAll(".page")], type = pages.map(fit);
  type.forEach((size, i) => { if (!size) wrong.push(`page ${i + 1} does not fit in type of ${SMALLEST} pt`); });
  document.querySelectorAll(".write").forEach(rule);
  return { text: document.body.innerText, type, wrong: wrong.join("; ") };
}
