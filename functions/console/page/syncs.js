// Syncs, by sObject: their rules, their mapping, and what would become of one change.

const RULES = {
  create_unless: ["Do not create when", [["person_exists", "the person exists as Lead or Contact"], ["never", "(always create)"]]],
  several: ["When several match", [["newest", "use the newest"], ["oldest", "use the oldest"], ["reject", "reject"]]],
  on_duplicate: ["When Salesforce reports a duplicate", [["guard", "use it if it is the same person"], ["save", "save anyway"], ["reject", "reject"]]],
};

async function showSyncs(main, chosen) {
  const { syncs } = await call("GET", "syncs");
  const names = [...new Set(syncs.map((sync) => sync.sobject))].sort();
  const current = names.includes(chosen) ? chosen : names[0];
  const head = h("div", { class: "row spread head" }, h("h1", {}, "Syncs"), may("integrator") ? button("New sync", "primary", newSync) : null);
  const subtabs = h("div", { class: "subtabs", role: "tablist", "aria-label": "Salesforce objects" });
  tabList(subtabs, names.map((name) => [name, name]), current, (name) => showSyncs(main, name).catch(tellError));
  const cards = h("div", {}, h("p", { class: "quiet" }, "Loading…"));
  main.replaceChildren(head, subtabs, names.length ? cards : empty("No sync yet. A new one proposes the usual fields."));
  const shown = await Promise.all(syncs.filter((sync) => sync.sobject === current).map(syncCard));
  cards.replaceChildren(...shown);
}

async function syncCard(sync) {
  const [org, product] = await Promise.all([
    call("GET", `sobjects/${sync.sobject}`).catch(() => ({ fields: [] })),
    call("GET", `sources/${encodeURIComponent(sync.source)}/fields`),
  ]);
  const draft = structuredClone(sync);
  const known = { fields: org.fields, product: product.fields };
  const save = button("Save", "primary", () => saveSync(draft, sync));
  save.hidden = true;
  const changed = () => (save.hidden = false);
  const watched = h("div", { "aria-live": "polite" });
  return h(
    "section",
    { class: "card", "aria-label": sync.id },
    h(
      "div",
      { class: "row spread" },
      h("div", {}, h("h2", {}, sync.id), h("p", { class: "quiet small" }, `${sync.source} ${sync.direction === "pull" ? "←" : "→"} ${sync.sobject} · position ${sync.position} · revision ${sync.revision}`)),
      h("div", { class: "row" }, pill(sync.enabled ? "good" : "", sync.enabled ? "On" : "Off"), may("integrator") && sync.enabled ? button("Run now", "", () => runNow(sync, watched)) : null, may("integrator") ? button(sync.enabled ? "Disable" : "Enable", "", () => saveSync({ ...draft, enabled: !sync.enabled }, sync)) : null),
    ),
    watched,
    sync.problems.filter((problem) => !problem.field).map((problem) => note(problem.level === "error" ? "bad" : "warn", problem.message)),
    mappingTable(draft, known, changed),
    draft.direction === "pull" ? null : pushRules(draft, changed),
    pullRules(draft, changed),
    h("div", { class: "row end" }, save, may("integrator") ? button("Delete", "danger", () => deleteSync(sync)) : null),
    may("integrator") && draft.direction !== "pull" ? dryRun(sync) : null,
  );
}

function pushRules(draft, changed) {
  const readOnly = !may("integrator");
  const set = (name) => (value) => {
    draft.push = { ...draft.push, [name]: value };
    changed();
  };
  const selects = Object.entries(RULES).map(([name, [label, options]]) => {
    const select = choose(draft.push[name], options, set(name));
    select.disabled = readOnly;
    return field(label, select);
  });
  const within = h("input", { type: "number", min: 0, max: 3600, value: String(draft.push.deliver_within_s), readOnly, onchange: (event) => set("deliver_within_s")(Math.max(0, Math.round(Number(event.target.value)) || 0)) });
  return h(
    "details",
    {},
    h("summary", {}, "Rules"),
    h(
      "div",
      { class: "stack" },
      check("Update records that exist", draft.push.update_existing, set("update_existing"), readOnly),
      check("Create records that are missing", draft.push.create_when_missing, set("create_when_missing"), readOnly),
      ["Lead", "Contact"].includes(draft.sobject)
        ? check("Map the e-mail address automatically", draft.email === "automatic", (value) => { draft.email = value ? "automatic" : "off"; changed(); }, readOnly)
        : null,
      h("div", { class: "grid" }, selects, field("While calls are scarce, deliver within (seconds)", within)),
    ),
  );
}

async function saveSync(draft, before) {
  const { id, problems, ...rules } = draft;
  await call("PUT", `syncs/${id}`, { ...rules, revision: before.revision });
  tell("good", `Saved ${id}.`);
  await showSyncs(document.getElementById("main"), draft.sobject);
}

function deleteSync(sync) {
  ask(`Delete ${sync.id}?`, h("p", {}, "Its rules and mapping are forgotten. Nothing that it synced is deleted on either side."), "Delete", "danger", async () => {
    await call("DELETE", `syncs/${sync.id}`);
    await showSyncs(document.getElementById("main"), sync.sobject);
  });
}

async function newSync() {
  const [{ sobjects }, { templates }] = await Promise.all([call("GET", "sobjects"), call("GET", "templates")]);
  const wish = { source: "lead", sobject: "Contact", template: "" };
  const names = sobjects.filter((each) => each.createable || each.updateable).map((each) => [each.name, `${each.label} (${each.name})`]);
  const source = h("input", { value: wish.source, onchange: (event) => (wish.source = event.target.value.trim()) });
  const sobject = choose(wish.sobject, names, (value) => (wish.sobject = value));
  const ready = [["", "the usual fields"], ...templates.map((each) => [each.name, `the template for ${each.title.toLowerCase()}`])];
  const template = choose("", ready, (value) => {
    wish.template = value;
    const found = templates.find((each) => each.name === value);
    if (!found) return;
    source.value = wish.source = found.source;
    if (!found.sobjects.includes(wish.sobject)) sobject.value = wish.sobject = found.sobjects[0];
  });
  const text = h("div", { class: "stack" }, field("Begin with", template), field("Source of the product's records", source), field("Salesforce object", sobject));
  ask("New sync", text, "Create", "primary", async () => {
    const { syncs } = await call("GET", "syncs/proposed", null, wish);
    const { id, revision, problems, position, ...rules } = syncs[0];
    const saved = await call("POST", "syncs", rules);
    tell("good", `Saved ${saved.id}, switched off. Check its rows, then enable it.`);
    await showSyncs(document.getElementById("main"), saved.sobject);
  });
}

function dryRun(sync) {
  const example = { key: "test-1", fields: { email: "ada@example.com", first_name: "Ada", last_name: "Lovelace" } };
  const area = h("textarea", { "aria-label": "Change to try", spellcheck: false });
  area.value = JSON.stringify(example, null, 2);
  const place = h("div", { "aria-live": "polite" });
  const run = button("Try it", "", async () => {
    const change = parsed(area.value);
    if (!change) throw Object.assign(new Error("The change is not JSON."), { remedy: "Correct it as the product would send it." });
    place.replaceChildren(h("p", { class: "quiet" }, "Looking…"));
    const told = await call("POST", `syncs/${sync.id}/dry-run`, change).catch((error) => {
      place.replaceChildren();
      throw error;
    });
    place.replaceChildren(dryRunResult(told));
  });
  return h("details", {}, h("summary", {}, "Try a change (nothing is written)"), h("div", { class: "stack" }, area, h("div", {}, run), place));
}

const RESULT = { created: ["good", "Would be created"], updated: ["good", "Would be updated"], unchanged: ["", "Nothing would change"], skipped: ["warn", "Would be skipped"], rejected: ["bad", "Would be rejected"] };
const ACTION = { write: ["good", "written"], same: ["", "the same already"], kept: ["", "kept as it is"], left_out: ["warn", "left out"] };

function dryRunResult(told) {
  const [kind, text] = RESULT[told.result] || ["", told.result];
  const decision = ({ field: name, action, value }) => {
    const [look, word] = ACTION[action];
    return h("tr", {}, h("td", {}, name), h("td", {}, pill(look, word)), h("td", {}, action === "write" ? JSON.stringify(value) : ""));
  };
  const candidate = (each) => h("li", {}, `${each.id}, by ${each.matched_by.replace("_", " ")} `, each.chosen ? pill("good", "chosen") : null);
  return h(
    "div",
    { class: "stack" },
    h("div", { class: "row" }, pill(kind, text), told.salesforce_id ? h("span", {}, told.salesforce_id) : null, told.code ? h("span", { class: "quiet" }, told.code) : null),
    told.detail ? note(kind, h("p", {}, told.detail), told.remedy ? h("p", { class: "small" }, told.remedy) : null) : null,
    told.candidates.length ? h("div", {}, h("h3", {}, "Records that match"), h("ul", {}, told.candidates.map(candidate))) : null,
    told.parents.map((parent) => note("", h("p", {}, `The ${parent.sobject} “${parent.name}” would be created first, for ${parent.field}.`))),
    told.fields.length ? table(["Salesforce field", "Decision", "Value"], told.fields.map(decision)) : null,
    told.warnings.map((warning) => note("warn", warning.detail)),
    h("details", {}, h("summary", { class: "small quiet" }, "The whole answer, with the request"), h("pre", { tabIndex: 0 }, JSON.stringify(told, null, 2))),
  );
}
