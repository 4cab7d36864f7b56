// The session and the calls it makes. The token comes in the address's fragment, which no server sees, and stays in this tab.

const BASE = location.pathname.replace(/\/+$/, "") + "/api/";
const ORDER = ["viewer", "integrator", "manager", "operator"];
const session = { token: null, tenant: "", user: "", role: "viewer", may_set_pull_rules: false };

const fragment = () => new URLSearchParams(location.hash.slice(1));

function takeToken() {
  const given = fragment().get("session");
  if (given) {
    sessionStorage.setItem("session", given);
    remember(fragment().get("section") || "");
  }
  session.token = sessionStorage.getItem("session");
  return Boolean(session.token);
}

// The address keeps which section is open, so that reloading and going back work, and never the token.
function remember(section) {
  history.replaceState(null, "", location.pathname + location.search + (section ? `#section=${section}` : ""));
}

const may = (least) => ORDER.indexOf(session.role) >= ORDER.indexOf(least);

async function call(method, path, body, query) {
  const asked = new URLSearchParams(Object.entries(query || {}).filter(([, value]) => value));
  const response = await fetch(BASE + path + (String(asked) ? `?${asked}` : ""), {
    method,
    headers: { Authorization: `Bearer ${session.token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
    cache: "no-store",
  });
  const text = await response.text();
  const answer = text ? parsed(text) : null;
  if (response.ok) return answer;
  const refused = !answer?.error || answer.error.code === "access_denied"; // API Gateway's own answer, not the API's
  if (refused && (response.status === 401 || response.status === 403)) ended();
  const told = answer?.error || { message: `The server answered ${response.status}.`, remedy: "Try again." };
  throw Object.assign(new Error(told.message), told);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function ended() {
  sessionStorage.removeItem("session");
  const words = "Your session has ended, or was never begun. Open Causeway again from the product you came from.";
  document.getElementById("tabs").replaceChildren();
  document.getElementById("main").replaceChildren(h("section", { class: "card" }, h("h1", {}, "Please open this page again"), h("p", {}, words)));
}

// One page of a list after the other: `draw` gets the items, `more` asks for the next page.
async function listed(path, name, query, draw) {
  const place = h("div", {});
  const more = button("Show more", "", () => next());
  let token = "";
  async function next() {
    const answer = await call("GET", path, null, { ...query, next: token });
    token = answer.next || "";
    place.append(draw(answer[name]));
    more.hidden = !token;
    return answer[name].length;
  }
  const count = await next();
  return { element: h("div", { class: "stack" }, place, h("div", {}, more)), count };
}
