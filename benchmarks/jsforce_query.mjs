// Read the rows of a query with jsforce, page after page, and throw them away: `{session, soql}` on standard input, figures on output.
import { readFileSync } from "node:fs";
import jsforce from "jsforce";

const { session, soql } = JSON.parse(readFileSync(0, "utf8"));
const conn = new jsforce.Connection({
  instanceUrl: session.instance_url,
  accessToken: session.access_token,
  version: "66.0",
});
const began = performance.now();
const before = process.cpuUsage();
let rows = 0;
let page = await conn.query(soql);
rows += page.records.length;
while (!page.done) {
  page = await conn.queryMore(page.nextRecordsUrl);
  rows += page.records.length;
}
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ rows, seconds, cpu_s: (user + system) / 1e6, peak_memory_mb: process.resourceUsage().maxRSS / 1024 }));
