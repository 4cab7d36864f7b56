// How much of its API quota the org has used.

async function showUsage(main) {
  const usage = await call("GET", "usage");
  const title = h("h1", {}, "API usage");
  if (usage.allowed === null) {
    main.replaceChildren(title, h("section", { class: "card" }, empty("Nothing is known before the first call to the org.")));
    return;
  }
  const bar = h("meter", { min: 0, max: usage.allowed, low: usage.allowed * 0.6, high: usage.allowed * 0.8, optimum: 0, value: usage.used });
  bar.setAttribute("aria-label", "API calls used");
  const card = h(
    "section",
    { class: "card stack" },
    h("p", {}, h("span", { class: "big" }, number(usage.used)), ` of ${number(usage.allowed)} calls in 24 hours, by all tools of the org`),
    bar,
    usage.is_alarming ? note("warn", "More than 80 % of the quota is used.") : null,
    facts([
      ["Share", `${Math.round(usage.share * 100)} %`],
      ["Causeway pauses at", `${number(usage.pauses_at)} calls; the rest stays free for other tools`],
      ["Pace", usage.pace],
      ["Read", when(usage.read_at)],
    ]),
  );
  main.replaceChildren(title, card);
}
