"""
The pages a person sees: plain, accessible HTML that works without scripts.

Fields and buttons of the login and approval pages have the ids and names of Salesforce's own (`username`, `pw`, `Login`,
`oaapprove`), because the test suites of real clients fill them in.
"""

from __future__ import annotations

from html import escape

from ..wire.messages import Response

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 90rem; margin: 0 auto; padding: 1rem; color: #16202c; background: #f7f8fa; }
main.narrow { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border: 1px solid #c8ced6; border-radius: .5rem; }
h1 { font-size: 1.4rem; line-height: 1.25; } h2 { font-size: 1.1rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input[type=text], input[type=password] { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; }
input { border: 1px solid #6b7785; border-radius: .25rem; }
button { font: inherit; padding: .5rem 1rem; margin: 1rem .5rem 0 0; border-radius: .25rem; cursor: pointer; }
button { border: 1px solid #0b5cab; background: #0b5cab; color: #fff; }
button.plain { background: #fff; color: #0b5cab; }
.problem { border-left: .3rem solid #b3261e; padding: .5rem .75rem; background: #fbeceb; color: #5c1410; }
.note { color: #47525f; font-size: .95rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: #fff; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border: 1px solid #c8ced6; }
td { max-width: 40rem; overflow-wrap: break-word; } table.lines td { white-space: nowrap; max-width: none; }
pre { background: #fff; border: 1px solid #c8ced6; padding: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
 th { background: #e9edf2; } caption { text-align: left; padding: .4rem 0; }
a { color: #0b5cab; } a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 1rem; } code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { background: #11161d; color: #e6eaf0; } main.narrow, table, pre { background: #1a212b; border-color: #3c4856; }
  th { background: #232d39; } th, td { border-color: #3c4856; } a { color: #8cc2ff; } .note { color: #aab6c4; }
  input { background: #11161d; color: inherit; } button.plain { background: transparent; color: #8cc2ff; border-color: #8cc2ff; }
  .problem { background: #3a1a18; color: #ffd9d6; }
}
"""
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
SCOPE_SENTENCES = {
    "api": "Read and change your Salesforce data through its APIs",
    "refresh_token": "Keep this access until you take it away, even when you are not there",
    "offline_access": "Keep this access until you take it away, even when you are not there",
    "id": "See who you are: your name, e-mail address and organization",
    "openid": "Confirm who you are",
    "full": "Everything that you can do yourself",
    "profile": "See your profile: your name, language and time zone",
    "email": "See your e-mail address",
    "address": "See your address",
    "phone": "See your phone number",
    "web": "Use your access in a web browser",
}


def page(title: str, content: str, *, status: int = 200, narrow: bool = True) -> Response:
    """Return one page; `content` is HTML whose values are already escaped."""
    body = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<main{' class=narrow' if narrow else ''}>{content}</main></body></html>\n"
    )
    return Response(status, body, {**SAFE_HEADERS, "Cache-Control": "no-store"}, "text/html;charset=UTF-8")


def login_page(pending: str, username: str, problem: str, password: str, usernames: list[str]) -> Response:
    """Return the login form; the simulated org shows its users and their password."""
    warning = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    known = "".join(f"<li><code>{escape(each)}</code></li>" for each in usernames)
    described = ' aria-describedby="problem"' if problem else ""
    return page(
        "Log in | Simulated Salesforce org",
        f"""<h1>Log in to the simulated Salesforce org</h1>{warning}
<form method="post" action="/login">
<input type="hidden" name="pending" value="{escape(pending)}">
<label for="username">Username</label>
<input type="text" id="username" name="username" value="{escape(username)}" autocomplete="username" required{described}>
<label for="password">Password</label>
<input type="password" id="password" name="pw" autocomplete="current-password" required{described}>
<button type="submit" id="Login" name="Login">Log In</button>
</form>
<h2>Users of this org</h2>
<ul>{known}</ul>
<p class="note">The password of each is <code>{escape(password)}</code>. This is not Salesforce: no real account works here.</p>""",
    )


def approval_page(pending: str, app_name: str, username: str, scopes: list[str], switch_user: str) -> Response:
    """Return the approval form: it names the app and the scopes."""
    wanted = "".join(f"<li>{escape(SCOPE_SENTENCES.get(each, each))}</li>" for each in dict.fromkeys(scopes))
    return page(
        "Allow access? | Simulated Salesforce org",
        f"""<h1>Allow access?</h1>
<p><strong>{escape(app_name)}</strong> is asking to:</p><ul>{wanted}</ul>
<p>Do you want to allow access for <strong>{escape(username)}</strong>?</p>
<form method="post" action="/services/oauth2/approve">
<input type="hidden" name="pending" value="{escape(pending)}">
<button type="submit" id="oaapprove" name="decision" value="allow">Allow</button>
<button type="submit" id="oadeny" name="decision" value="deny" class="plain">Deny</button>
</form>
<p class="note">Not you? <a href="{escape(switch_user)}">Log in as another user</a>.</p>""",
    )


def problem_page(error: str, description: str) -> Response:
    """Return what Salesforce shows when it cannot send the browser back: a page, never a redirect."""
    return page(
        "OAuth Error | Simulated Salesforce org",
        f"""<h1>We can't authorize you because of an OAuth error.</h1>
<p class="problem" role="alert">error={escape(error)}&amp;error_description={escape(description)}</p>
<p>The app that sent you here is not set up as this org knows it. Its developer has to check the consumer key
and the callback URL.</p>""",
        status=400,
    )
