// The mapping table of one sync: the product's fields on the left, the org's on the right.

function mappingTable(draft, known, changed) {
  const body = h("tbody", {});
  const readOnly = !may("integrator");
  const redraw = () => body.replaceChildren(...draft.mappings.map((row, index) => mappingRow(row, index)), ...automaticRows(draft));

  function set(index, name, value) {
    draft.mappings[index] = { ...draft.mappings[index], [name]: value };
    changed();
  }

  function mappingRow(row, index) {
    const problems = (draft.problems || []).filter((problem) => problem.field === row.salesforce);
    const worst = problems.some((problem) => problem.level === "error") ? "bad" : "warn";
    return h(
      "tr",
      {},
      h("td", {}, productInput(row, index)),
      h("td", { "aria-hidden": "true" }, draft.direction === "pull" ? "←" : draft.direction === "push" ? "→" : "↔"),
      h("td", {}, orgInput(row, index), problems.map((problem) => note(worst, problem.message))),
      h("td", {}, ruleSelect(row, index)),
      h("td", { class: "tight" }, readOnly ? null : h("button", { type: "button", class: "plain", "aria-label": `Remove ${row.salesforce}`, onclick: () => remove(index) }, "Remove")),
    );
  }

  function productInput(row, index) {
    return h("input", { value: row.product, list: `product-${draft.id}`, "aria-label": "Product field", readOnly, spellcheck: false, onchange: (event) => set(index, "product", event.target.value.trim()) });
  }

  function orgInput(row, index) {
    const input = h("input", { value: row.salesforce, list: `org-${draft.id}`, "aria-label": "Salesforce field", readOnly, spellcheck: false });
    const found = known.fields.find((each) => each.name.toLowerCase() === row.salesforce.toLowerCase());
    input.title = found ? `${found.label} · ${found.type}${found.length ? ` · ${found.length} characters` : ""}` : "";
    input.addEventListener("change", () => {
      set(index, "salesforce", input.value.trim());
      redraw();
    });
    return input;
  }

  function ruleSelect(row, index) {
    const usual = row.salesforce.includes(".") ? "only if empty" : "overwrite";
    const options = [["", `${usual} (default)`], ["overwrite", "overwrite"], ["if_empty", "only if empty"], ["create_only", "only at creation"], ["append", "append an entry"]];
    const select = choose(row.write_rule || "", options, (value) => set(index, "write_rule", value || null));
    select.disabled = readOnly;
    select.setAttribute("aria-label", "Write rule");
    return select;
  }

  function remove(index) {
    draft.mappings.splice(index, 1);
    changed();
    redraw();
  }

  function add(row) {
    draft.mappings.push({ product: "", salesforce: "", write_rule: null, ...row });
    changed();
    redraw();
    body.rows[draft.mappings.length - 1].querySelector("input").focus();
  }

  redraw();
  const heads = h("thead", {}, h("tr", {}, [["Product field", "wide"], ["", ""], ["Salesforce field", "wide"], ["Write rule", "rule"], ["", ""]].map(([text, size]) => h("th", { scope: "col", class: size }, text))));
  return h(
    "div",
    {},
    h("div", { class: "scroll" }, h("table", { class: "mapping" }, heads, body)),
    suggestions(`product-${draft.id}`, known.product.map((each) => [each.name, each.label || (each.learned ? "seen in messages" : "")])),
    suggestions(`org-${draft.id}`, known.fields.filter((each) => each.createable || each.updateable || draft.direction !== "push").map((each) => [each.name, `${each.label} · ${each.type}`])),
    readOnly ? null : h("div", { class: "row above" }, button("Add row", "", () => add({})), missingRequired(draft, known, add)),
  );
}

function automaticRows(draft) {
  const isPerson = ["Lead", "Contact"].includes(draft.sobject);
  const isMapped = draft.mappings.some((row) => row.salesforce.toLowerCase() === "email");
  if (!isPerson || isMapped || draft.email !== "automatic" || draft.direction === "pull") return [];
  const cells = ["email", "→", "Email", "at creation and while empty", "automatic"];
  return [h("tr", { class: "quiet" }, cells.map((text) => h("td", { class: text === "automatic" ? "tight" : "" }, text)))];
}

function suggestions(id, options) {
  return h("datalist", { id }, options.map(([value, label]) => h("option", { value, label })));
}

function missingRequired(draft, known, add) {
  if (!draft.push.create_when_missing) return null;
  const mapped = new Set(draft.mappings.map((row) => row.salesforce.toLowerCase()));
  const missing = known.fields.filter((each) => each.required && !mapped.has(each.name.toLowerCase()));
  return missing.map((each) => button(`Map ${each.label} (required)`, "", () => add({ salesforce: each.name })));
}
