// The inputs of a question; see entry.py. Native elements, so that keys, names and states are the browser's own.

const make = (tag, attributes = {}, text = "") => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};
// A key pressed here is not a command to the notebook.
const quiet = { "data-lm-suppress-shortcuts": "true" };

function options(model, name, commit, offered = model.get("options")) {
  const group = make("div", { role: "radiogroup", class: "defi-options" });
  const inputs = offered.map((option) => {
    const label = make("label");
    const input = make("input", { type: "radio", name, value: option, ...quiet });
    label.append(input, make("span", {}, option));
    group.append(label);
    input.addEventListener("change", () => { if (!model.get("button")) commit(); });
    return input;
  });
  return {
    element: group,
    first: inputs[0],
    value: () => inputs.find((input) => input.checked)?.value ?? null,
    show: (value) => { for (const input of inputs) input.checked = input.value === value; },
    enable: (on) => { for (const input of inputs) input.disabled = !on; },
  };
}

function number(model, name, commit) {
  const label = make("label", { class: "defi-number" });
  const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", name, ...quiet });
  label.append(make("span", {}, model.get("shown")), input);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") { event.preventDefault(); commit(); }
  });
  return {
    element: label,
    first: input,
    value: () => input.value,
    show: (value) => { if (document.activeElement !== input || input.disabled) input.value = value ?? ""; },
    enable: (on) => { input.disabled = !on; },
  };
}

function bet(model, name, commit) {
  // Two answers, how sure (from a coin's toss to certain), and perhaps what would turn it.
  const answers = options(model, name, commit);
  const [question, ...offered] = model.get("second");
  const turns = question ? options(model, `${name}-turns`, commit, offered) : null;
  const box = make("div"), label = make("label", { class: "defi-sure" });
  const range = make("input", { type: "range", min: 50, max: 100, step: 5, value: 75, ...quiet });
  const said = make("output");
  const tell = () => {
    said.textContent = `${range.value} %`;
    range.setAttribute("aria-valuetext", `${range.value} per cent`);
  };
  range.addEventListener("input", tell);
  tell();
  answers.element.setAttribute("aria-label", model.get("label"));
  label.append(make("span", {}, model.get("shown")), range, said);
  box.append(answers.element, label);
  if (turns) {
    turns.element.setAttribute("aria-label", question);
    box.append(make("p", {}, question), turns.element);
  }
  return {
    element: box,
    first: answers.first,
    value: () => ({ answer: answers.value(), sure: Number(range.value), turns: turns?.value() ?? null }),
    show: (value) => {
      if (!value) return;
      answers.show(value.answer);
      turns?.show(value.turns);
      range.value = value.sure;
      tell();
    },
    enable: (on) => { answers.enable(on); turns?.enable(on); range.disabled = !on; },
  };
}

function order(model) {
  const list = make("ol", { class: "defi-order", role: "list" });
  const move = (item, by) => {
    const items = [...list.children];
    const target = items[items.indexOf(item) + by];
    if (!target) return;
    if (by < 0) target.before(item); else target.after(item);
  };
  const rows = new Map(model.get("options").map((option) => {
    const item = make("li");
    const arrows = [["↑", -1, "earlier"], ["↓", 1, "later"]].map(([sign, by, word]) => {
      const arrow = make("button", { type: "button", class: "jupyter-button", "aria-label": `${option}: ${word}`, ...quiet }, sign);
      arrow.addEventListener("click", () => { move(item, by); arrow.focus(); });
      return arrow;
    });
    item.append(...arrows, make("span", {}, option));
    list.append(item);
    return [option, item];
  }));
  const said = (item) => item.lastChild.textContent;
  return {
    element: list,
    first: list.querySelector("button"),
    value: () => [...list.children].map(said),
    show: (value) => { for (const option of value ?? []) list.append(rows.get(option)); },
    enable: (on) => { for (const button of list.querySelectorAll("button")) button.disabled = !on; },
  };
}

function render({ model, el }) {
  const name = `defi-entry-${Math.random().toString(36).slice(2)}`; // each entry has a copy of this module to itself
  const inputs = { options, number, order, bet }[model.get("kind")](model, name, () => commit());
  const commit = () => model.send({ commit: inputs.value() });
  el.classList.add("defi-entry");
  if (model.get("kind") !== "bet") inputs.element.setAttribute("aria-label", model.get("label"));
  if (inputs.first && inputs.element.tagName === "LABEL") {
    inputs.element.removeAttribute("aria-label");
    inputs.first.setAttribute("aria-label", `${model.get("label")} ${model.get("shown")}`);
  }
  const button = make("button", { type: "button", class: "jupyter-button defi-commit", ...quiet }, model.get("button"));
  const again = make("button", { type: "button", class: "jupyter-button defi-again", ...quiet });
  button.addEventListener("click", commit);
  again.addEventListener("click", () => model.send({ again: true }));
  el.append(inputs.element, button, again);

  const refresh = () => {
    const focused = document.activeElement;
    const open = !model.get("disabled");
    inputs.enable(open);
    button.hidden = !model.get("button");
    button.disabled = !open;
    again.textContent = model.get("again");
    again.hidden = !model.get("again");
    inputs.first?.setAttribute("aria-invalid", String(model.get("invalid")));
    // What had the focus may just have been switched off.
    if (el.contains(focused) && !open && !again.hidden) again.focus();
    if (focused === again && again.hidden) inputs.first?.focus();
  };
  const value = () => inputs.show(model.get("value"));
  value();
  refresh();
  model.on("change:value", value);
  for (const trait of ["disabled", "again", "invalid"]) model.on(`change:${trait}`, refresh);
  return () => {
    model.off("change:value", value);
    for (const trait of ["disabled", "again", "invalid"]) model.off(`change:${trait}`, refresh);
  };
}

export default { render };
