// Only rows with these words.
const field = document.getElementById("filter");
if (field) {
  const status = document.querySelector(".course-filter [role=status]");
  const rows = [...document.querySelectorAll(".course-table tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const sections = [...document.querySelectorAll("article section section")];
  document.querySelector(".course-filter").hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    for (const section of sections) section.hidden = !section.querySelector("tbody tr:not([hidden])");
    status.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  });
}

// What a search shows of a page is its text, without code and without the bar above it.
if (typeof Search !== "undefined") {
  const whole = Search.htmlToText;
  Search.htmlToText = (text, anchor) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of page.querySelectorAll(".bd-header-article, .course-run, .course-code, .cell_input, .prev-next-area, h1")) part.remove();
    return whole(page.documentElement.outerHTML, anchor);
  };
}

// On a narrow screen sentences in tables of many columns have room (course.css).
for (const cell of document.querySelectorAll("article td")) if (cell.textContent.length > 60) cell.classList.add("course-long");

// A formula that is wider than the page scrolls, by keys too.
addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  for (const formula of document.querySelectorAll("mjx-container[display=true]"))
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
});
