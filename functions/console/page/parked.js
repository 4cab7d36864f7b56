// What was refused or waits, with its reason, and sending it again.

async function showParked(main, filter) {
  const asked = { code: "", source: "", key: "", ...filter };
  const inputs = ["code", "source", "key"].map((name) =>
    field({ code: "Reason code", source: "Source", key: "Record key" }[name], h("input", { value: asked[name], onchange: (event) => (asked[name] = event.target.value.trim()) })),
  );
  const head = h("div", { class: "row spread head" }, h("h1", {}, "Parked changes"), may("integrator") ? button("Send all of these again", "", () => redriveAll(main, asked)) : null);
  const list = await listed("parked", "parked", asked, (items) => table(["Record", "Sync", "Why", "Since", ""], items.map((item) => parkedRow(item, main, asked))));
  main.replaceChildren(
    head,
    h("form", { class: "card row", onsubmit: (event) => { event.preventDefault(); showParked(main, asked).catch(tellError); } }, inputs, h("button", { class: "primary" }, "Find")),
    list.count ? h("section", { class: "card" }, list.element) : empty("Nothing is parked here."),
  );
}

function parkedRow(item, main, asked) {
  return h(
    "tr",
    {},
    h("td", {}, h("strong", {}, item.key || "(unreadable)"), h("div", { class: "quiet small" }, item.source)),
    h("td", {}, item.sync || ""),
    h("td", {}, pill("warn", item.code), item.retry_when ? pill("", "goes on by itself") : null, h("p", {}, item.reason), item.remedy ? h("p", { class: "quiet small" }, item.remedy) : null, h("details", {}, h("summary", { class: "small quiet" }, "What was sent"), h("pre", { tabIndex: 0 }, JSON.stringify(item.change ?? item.body, null, 2)))),
    h("td", { class: "tight" }, when(item.parked_at)),
    h("td", { class: "tight" }, may("integrator") && item.key && !item.retry_when ? button("Send again", "", () => redrive({ code: item.code, source: item.source, key: item.key }, main, asked)) : null),
  );
}

function redriveAll(main, asked) {
  const named = Object.entries(asked).filter(([, value]) => value);
  const text = named.length ? `Everything parked with ${named.map(([name, value]) => `${name} ${value}`).join(", ")}` : "Everything that is parked";
  ask("Send again?", h("p", {}, `${text} goes through the syncs once more, oldest first. What still fails is parked again.`), "Send again", "primary", () => redrive(Object.fromEntries(named), main, asked));
}

async function redrive(wish, main, asked) {
  await call("POST", "parked/redrive", wish);
  tell("good", "On its way. What still fails comes back here.");
  await showParked(main, asked);
}
