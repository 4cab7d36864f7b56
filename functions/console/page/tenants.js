// Every tenant of the deployment, for operators.

async function showTenants(main) {
  const row = (line) => {
    const [kind, text] = STATUS[line.status] || ["", line.status];
    const usage = line.usage ? `${number(line.usage.used)} of ${number(line.usage.allowed)}` : "";
    return h("tr", {}, h("td", {}, h("strong", {}, line.tenant), h("div", { class: "quiet small" }, line.name || "")), h("td", {}, pill(kind, text), h("div", { class: "quiet small" }, (line.cause || "").replaceAll("_", " "))), h("td", { class: "tight" }, when(line.since)), h("td", {}, line.org_id || ""), h("td", { class: "number" }, usage));
  };
  const list = await listed("connections", "connections", {}, (lines) => table(["Tenant", "Status", "Since", "Org", "#API calls"], lines.map(row)));
  main.replaceChildren(h("h1", {}, "Tenants"), list.count ? h("section", { class: "card" }, list.element) : empty("No tenant has connected yet."));
}
