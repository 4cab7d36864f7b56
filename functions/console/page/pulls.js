// What is read back from Salesforce: direction, schedule, filter. Operators set it, admins where the deployment allows.

const DIRECTIONS = [["push", "push: product to Salesforce"], ["pull", "pull: Salesforce to product"], ["bidirectional", "both ways"]];
const CONFLICTS = [["newest", "the newest value wins"], ["salesforce", "Salesforce wins"], ["product", "the product wins"]];

function pullRules(draft, changed) {
  const readOnly = !session.may_set_pull_rules;
  const set = (name, value) => {
    draft.pull = { ...draft.pull, [name]: value };
    changed();
  };
  const schedule = (values) => set("schedule", { ...draft.pull.schedule, ...values });
  const minutes = h("input", { type: "number", min: 1, max: 44640, value: String(draft.pull.schedule.every_minutes || ""), readOnly, onchange: (event) => schedule({ every_minutes: Number(event.target.value) || null, daily_at: null }) });
  const daily = h("input", { type: "time", value: draft.pull.schedule.daily_at || "", readOnly, onchange: (event) => schedule({ daily_at: event.target.value || null, every_minutes: null }) });
  const zone = h("input", { value: draft.pull.schedule.zone, readOnly, onchange: (event) => schedule({ zone: event.target.value.trim() || "UTC" }) });
  const direction = choose(draft.direction, DIRECTIONS, (value) => {
    draft.direction = value;
    changed();
  });
  const conflict = choose(draft.pull.conflict, CONFLICTS, (value) => set("conflict", value));
  direction.disabled = conflict.disabled = readOnly;
  return h(
    "details",
    {},
    h("summary", {}, "Direction and pull"),
    h(
      "div",
      { class: "stack" },
      h("div", { class: "grid" }, field("Direction", direction), field("Every … minutes", minutes), field("or daily at", daily), field("Time zone", zone), field("Changed on both sides", conflict)),
      check("Paused", draft.pull.schedule.paused, (value) => schedule({ paused: value }), readOnly),
      check("Report deleted records", draft.pull.deletes, (value) => set("deletes", value), readOnly),
      readOnly ? h("p", { class: "quiet small" }, "These rules are set by the operator of this product.") : null,
      field("Filter (JSON; empty reads every record)", filterArea(draft, set, readOnly)),
    ),
  );
}

function filterArea(draft, set, readOnly) {
  const area = h("textarea", { readOnly, spellcheck: false });
  area.value = draft.pull.filter ? JSON.stringify(draft.pull.filter, null, 2) : "";
  area.addEventListener("change", () => {
    const filter = area.value.trim() ? parsed(area.value) : null;
    if (area.value.trim() && !filter) return tell("bad", "The filter is not JSON, so it was not taken.");
    set("filter", filter);
  });
  return area;
}
