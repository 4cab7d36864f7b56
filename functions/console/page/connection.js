// The connection: its status and cause, connecting, testing, and ending it.

const STATUS = {
  connected: ["good", "Connected"],
  pending: ["warn", "Connecting"],
  reconnection_required: ["bad", "Reconnection required"],
  disconnected: ["", "Not connected"],
};

const FINDING = { error: "bad", warning: "warn", note: "" };

async function showConnection(main) {
  const connection = await call("GET", "connection");
  const [kind, text] = STATUS[connection.status] || ["", connection.status];
  const card = h(
    "section",
    { class: "card" },
    h("div", { class: "row spread" }, h("h2", {}, "Salesforce"), pill(kind, text)),
    connection.message ? note(kind, h("p", {}, connection.message), connection.remedy ? h("p", { class: "small" }, connection.remedy) : null) : null,
    facts([
      ["Org", connection.org_id],
      ["User", connection.username],
      ["Address", connection.instance_url],
      ["Environment", connection.environment],
      ["Since", when(connection.since)],
      ["Waiting changes", connection.waiting ? number(connection.waiting) : ""],
    ]),
    connectionButtons(connection),
    h("div", { id: "tested", "aria-live": "polite" }),
    connectionHistory(connection.history),
    may("integrator") ? otherWays(connection) : null,
  );
  main.replaceChildren(h("h1", {}, "Connection"), card);
}

function connectionHistory(entries) {
  if (!entries.length) return null;
  const row = (entry) => {
    const [kind, text] = STATUS[entry.status] || ["", entry.status];
    return h("tr", {}, h("td", { class: "tight" }, when(entry.since)), h("td", {}, pill(kind, text)), h("td", {}, (entry.cause || "").replaceAll("_", " ")), h("td", {}, entry.org_id || ""));
  };
  return h("details", {}, h("summary", {}, "History of this connection"), table(["Since", "Status", "Cause", "Org"], entries.map(row)));
}

function otherWays(connection) {
  const app = { client_id: connection.own_app?.client_id || "", client_secret: "" };
  const run = { salesforce_url: connection.instance_url || "" };
  const input = (target, name, type) => h("input", { type: type || "text", value: target[name], autocomplete: "off", spellcheck: false, onchange: (event) => (target[name] = event.target.value.trim()) });
  return h(
    "details",
    {},
    h("summary", {}, "Other ways to connect"),
    h("p", { class: "quiet small" }, "Use an External Client App of your own org. Its secret is stored and never shown again; the app serves from the next connect on."),
    h("div", { class: "grid" }, field("Consumer key", input(app, "client_id")), field("Consumer secret", input(app, "client_secret", "password"))),
    h("div", { class: "row above" }, button("Keep this app", "", () => change("PUT", "connection/app", app, "The app is kept."))),
    h("p", { class: "quiet small above" }, "Or connect as the app's run-as user, without a browser (client credentials flow, at your My Domain)."),
    h("div", { class: "grid" }, field("My Domain", input(run, "salesforce_url"))),
    h("div", { class: "row above" }, button("Connect as run-as user", "", () => change("POST", "connection/client-credentials", run, "Connected."))),
  );
}

async function change(method, path, body, done) {
  await call(method, path, body);
  tell("good", done);
  await show("connection");
}

function connectionButtons(connection) {
  if (!may("integrator")) return h("p", { class: "quiet" }, "Your role may look at the connection, not change it.");
  const isConnected = connection.status === "connected";
  const isThere = connection.status !== "disconnected";
  return h(
    "div",
    { class: "row" },
    button(isThere ? "Reconnect" : "Connect Salesforce", isConnected ? "" : "primary", () => connect(connection)),
    button("Invite a Salesforce admin", "", () => invite(connection)),
    isConnected ? button("Test connection", "primary", testConnection) : null,
    isThere ? button("Disconnect", "danger", disconnect) : null,
  );
}

async function connect(connection) {
  const link = await call("POST", "connection/connect-link", { salesforce_url: connection.instance_url || null });
  location.assign(link.url);
}

async function invite() {
  const link = await call("POST", "connection/connect-link", { invite: true });
  const address = h("input", { value: link.url, readOnly: true, "aria-label": "Invitation link", onfocus: (event) => event.target.select() });
  const text = [h("p", {}, "Send this link to your Salesforce admin. It works once, until ", when(link.expires_at), "."), address];
  ask("Invite a Salesforce admin", text, "Copy link", "primary", () => navigator.clipboard.writeText(link.url));
}

async function testConnection() {
  const place = document.getElementById("tested");
  place.replaceChildren(h("p", { class: "quiet" }, "Asking the org…"));
  const report = await call("POST", "connection/test", {}).catch((error) => {
    place.replaceChildren();
    throw error;
  });
  const line = (finding) =>
    h("li", {}, note(FINDING[finding.level] || "", h("p", {}, finding.message), h("p", { class: "small" }, finding.remedy)));
  place.replaceChildren(
    h("h3", {}, "Test result"),
    note(report.ok ? "good" : "bad", report.ok ? "The connection works." : "Records will not flow as they should until this is mended."),
    facts([
      ["Org", report.org?.name],
      ["Edition", report.org?.edition],
      ["User", report.user && `${report.user.name} (${report.user.username})`],
      ["API calls", report.usage ? `${number(report.usage.used)} of ${number(report.usage.allowed)} in 24 hours` : ""],
    ]),
    h("ul", { class: "plain" }, report.findings.map(line)),
  );
}

function disconnect() {
  const text = [
    h("p", {}, "The grant is ended at Salesforce and every sync stops, also those running now."),
    h("p", {}, "Syncs, mappings, history and links stay and work again after reconnecting. Nothing that was synced is deleted on either side."),
  ];
  ask("Disconnect from Salesforce?", text, "Disconnect", "danger", async () => {
    await call("DELETE", "connection");
    tell("good", "Disconnected.");
    await show("connection");
  });
}
