// Building the page: elements are made, never parsed from text, so that no value of the org or the product can become markup.

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (name === "value") element.value = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const pill = (kind, text) => h("span", { class: `pill ${kind}` }, text);
const note = (kind, ...children) => h("div", { class: `note ${kind}` }, ...children);
const empty = (text) => h("p", { class: "empty" }, text);
const number = (value) => Number(value || 0).toLocaleString();

function when(text) {
  if (!text) return "";
  return h("time", { datetime: text, title: text }, new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

function button(text, kind, action) {
  const element = h("button", { type: "button", class: kind }, text);
  element.addEventListener("click", async () => {
    element.disabled = true;
    try {
      await action();
    } catch (error) {
      tellError(error);
    } finally {
      element.disabled = false;
    }
  });
  return element;
}

function table(heads, rows, className) {
  const cell = (head) => h("th", { scope: "col", class: head.startsWith("#") ? "number" : "" }, head.replace("#", ""));
  return h("div", { class: "scroll" }, h("table", { class: className || "" }, h("thead", {}, h("tr", {}, heads.map(cell))), h("tbody", {}, rows)));
}

function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function field(label, control) {
  return h("label", { class: "field" }, label, control);
}

function choose(value, options, onchange) {
  const select = h("select", { onchange: (event) => onchange(event.target.value) });
  select.append(...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  return select;
}

function check(label, value, onchange, disabled) {
  const box = h("input", { type: "checkbox", checked: value, disabled: Boolean(disabled), onchange: (event) => onchange(event.target.checked) });
  return h("label", { class: "check" }, box, label);
}

function tell(kind, ...children) {
  const shown = note(kind, ...children);
  document.getElementById("messages").replaceChildren(shown);
  setTimeout(() => shown.remove(), kind === "bad" ? 12000 : 5000);
}

function tellError(error) {
  const problems = (error.problems || []).filter((problem) => problem.level === "error");
  const listed = problems.length > 1 ? h("ul", {}, problems.map((problem) => h("li", {}, problem.message))) : null;
  tell("bad", h("strong", {}, listed ? "The sync can not be enabled." : error.message), listed, error.remedy ? h("p", {}, error.remedy) : null);
}

function ask(title, text, action, kind, onyes) {
  const box = h("dialog", { "aria-label": title, onclose: () => box.remove() });
  const yes = button(action, kind, async () => {
    await onyes();
    box.close();
  });
  box.append(h("h2", {}, title), ...[text].flat(), h("div", { class: "row end" }, h("button", { type: "button", onclick: () => box.close() }, "Cancel"), yes));
  document.body.append(box);
  box.showModal();
}

function tabList(element, names, chosen, onchoose) {
  const tabs = names.map(([key, text]) =>
    h("button", { type: "button", class: "tab", role: "tab", "aria-selected": String(key === chosen), tabIndex: key === chosen ? 0 : -1, onclick: () => onchoose(key) }, text),
  );
  element.replaceChildren(...tabs);
  element.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    tabs[next].focus();
    onchoose(names[next][0]);
    element.querySelector('[aria-selected="true"]').focus();
  };
}
