/** The pages of the product as HTML. Everything that a person typed goes through `safe`. */

const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (text) => String(text).replace(/[&<>"']/g, (sign) => SIGNS[sign]);

const page = (main, head = '') => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<title>Northwind</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; }
  label { display: block; margin: 0.75rem 0; }
  input { display: block; width: 100%; padding: 0.5rem; font: inherit; box-sizing: border-box; }
  button { padding: 0.5rem 1rem; font: inherit; }
</style>
<main>${main}</main>
</html>
`;

/** The form that begins everything. */
export const signUpPage = () =>
  page(`<h1>Sign up for Northwind</h1>
<form method="post" action="/people">
  <label>First name <input name="first_name" required autocomplete="given-name"></label>
  <label>Last name <input name="last_name" required autocomplete="family-name"></label>
  <label>Company <input name="company" required autocomplete="organization"></label>
  <label>E-mail <input name="email" type="email" required autocomplete="email"></label>
  <button>Sign up</button>
</form>`);

/** What a person sees: who looks after the company, what was written, and the chat. */
export function personPage({ key, fields, said, results, owner, account }) {
  const looking = `<p role="status">We are looking for the person who looks after ${safe(fields.company)}…</p>`;
  const found = `<p>${safe(owner)} looks after ${safe(account || fields.company)}.</p>`;
  const lines = Object.entries(results).map(([sync, result]) => `<li>${safe(sync)}: ${safe(result)}</li>`);
  const chat = said.map(({ speaker, text }) => `<p><b>${safe(speaker)}</b> ${safe(text)}</p>`);
  return page(
    `<h1>Welcome, ${safe(fields.first_name)}</h1>
${owner ? found : looking}
<ul>${lines.join('')}</ul>
<h2>Chat</h2>
${chat.join('\n')}
<form method="post" action="/people/${key}/messages">
  <label>Message <input name="text" required></label>
  <button>Send</button>
</form>`,
    owner ? '' : '<meta http-equiv="refresh" content="1">',
  );
}
