// Runs: what happened when, how much of what, at what cost, and each record that failed.

const COUNTS = ["read", "created", "updated", "deleted", "merged", "converted", "echoed", "unchanged", "skipped", "rejected", "waiting"];
const RUN_STATUS = { completed: "good", running: "warn", requested: "warn", cancelling: "warn", failed: "bad" };
const GOES_ON = ["requested", "running", "waiting", "cancelling"];
const WATCH_MS = 1500;

async function showHistory(main) {
  const heads = ["Run", "Started", "Status", "Records", "#API calls", ""];
  const list = await listed("runs", "runs", {}, (runs) => table(heads, runs.map((run) => runRow(run))));
  main.replaceChildren(h("h1", {}, "History"), list.count ? h("section", { class: "card" }, list.element) : empty("Nothing has run yet."));
}

function runRow(run) {
  return h(
    "tr",
    {},
    h("td", {}, h("strong", {}, run.kind), h("div", { class: "quiet small" }, [run.sync, run.source, run.trigger].filter(Boolean).join(" · "))),
    h("td", { class: "tight" }, when(run.started_at)),
    h("td", {}, pill(RUN_STATUS[run.status] ?? "", run.status)),
    h("td", {}, counted(run)),
    h("td", { class: "number" }, number(run.api_calls)),
    h("td", { class: "tight" }, button("Details", "", () => showRun(run.id))),
  );
}

function counted(run) {
  return COUNTS.filter((name) => run.counts?.[name]).map((name) => `${number(run.counts[name])} ${name}`).join(", ");
}

async function showRun(id) {
  const run = await call("GET", `runs/${encodeURIComponent(id)}`);
  const failures = run.failures || [];
  const row = (failure) => h("tr", {}, h("td", {}, failure.key), h("td", {}, pill("warn", failure.code), h("p", {}, failure.reason), failure.remedy ? h("p", { class: "quiet small" }, failure.remedy) : null));
  const box = h("dialog", { "aria-label": "Run", onclose: () => box.remove() });
  box.append(
    h("h2", {}, `${run.kind} · ${run.status}`),
    facts([["Started", when(run.started_at)], ["Ended", when(run.ended_at)], ["Trigger", run.trigger], ["API calls", number(run.api_calls)], ...COUNTS.map((name) => [name, run.counts?.[name] ? number(run.counts[name]) : ""])]),
    failures.length ? table(["Record", "Why"], failures.map(row)) : h("p", { class: "quiet" }, "No record failed."),
    h("div", { class: "row end" }, h("button", { type: "button", onclick: () => box.close() }, "Close")),
  );
  document.body.append(box);
  box.showModal();
}

async function runNow(sync, place) {
  const run = await call("POST", `syncs/${sync.id}/runs`, {});
  const began = Date.now();
  for (let now = run; ; now = await call("GET", `runs/${encodeURIComponent(run.id)}`)) {
    place.replaceChildren(progress(now, sync));
    const isOver = !GOES_ON.includes(now.status) || !place.isConnected || Date.now() - began > 15 * 60 * 1000;
    if (isOver) return;
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  }
}

function progress(run, sync) {
  const words = run.status === "requested" ? `The product was asked to send its ${sync.source} records again.` : counted(run) || "Nothing yet.";
  const stop = run.kind !== "push" && ["running", "waiting"].includes(run.status) ? button("Cancel run", "danger", () => call("POST", `runs/${encodeURIComponent(run.id)}/cancel`, {})) : null;
  return note(RUN_STATUS[run.status] || "", h("div", { class: "row" }, pill(RUN_STATUS[run.status] || "", run.status), h("span", {}, words), stop), run.detail ? h("p", { class: "small" }, run.detail) : null);
}
