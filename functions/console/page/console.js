// The sections and what opens first.

const SECTIONS = [
  ["connection", "Connection", showConnection],
  ["syncs", "Syncs", showSyncs],
  ["parked", "Parked changes", showParked],
  ["history", "History", showHistory],
  ["usage", "Usage", showUsage],
  ["tenants", "Tenants", showTenants, "operator"],
];
const sections = () => SECTIONS.filter(([, , , least]) => !least || may(least));

async function show(key) {
  remember(key);
  const main = document.getElementById("main");
  tabList(document.getElementById("tabs"), sections(), key, show);
  main.replaceChildren(h("p", { class: "quiet" }, "Loading…"));
  try {
    await SECTIONS.find(([name]) => name === key)[2](main);
  } catch (error) {
    if (!session.token || !sessionStorage.getItem("session")) return;
    main.replaceChildren(note("bad", h("strong", {}, error.message), error.remedy ? h("p", {}, error.remedy) : null));
  }
}

async function begin() {
  if (!takeToken()) return ended();
  try {
    Object.assign(session, await call("GET", "session"));
  } catch (error) {
    return sessionStorage.getItem("session") ? tellError(error) : undefined;
  }
  document.title = `${session.tenant} · Causeway`;
  document.getElementById("who").replaceChildren(h("strong", {}, session.tenant), h("span", {}, session.user), pill("", session.role));
  const wanted = fragment().get("section");
  await show(sections().some(([name]) => name === wanted) ? wanted : "connection");
}

// A second link opened in this tab changes only the fragment, which loads nothing: begin again, with its session.
addEventListener("hashchange", () => fragment().get("session") && location.reload());
begin();
