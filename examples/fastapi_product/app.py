"""The pages of the product: sign up, chat, and see who looks after the company."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from causeway_client import Change
from fastapi import FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader

from examples.fastapi_product.people import People, Person

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)
Text = Annotated[str, Form(min_length=1, max_length=255)]


def product(people: People, send: Callable[[Sequence[Change]], object]) -> FastAPI:
    """Return the app. `send` hands changes to Causeway; a product that must not lose any sends from an outbox of its database."""
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def sign_up_page() -> HTMLResponse:
        return page("sign_up.html")

    @app.post("/people")
    def sign_up(first_name: Text, last_name: Text, company: Text, email: Text) -> RedirectResponse:
        person = Person(uuid4().hex, first_name, last_name, company, email)
        people.add(person)
        send([person.change()])
        return RedirectResponse(f"/people/{person.key}", status_code=303)

    @app.get("/people/{key}")
    def person_page(key: str) -> HTMLResponse:
        return page("person.html", person=known(key))

    @app.post("/people/{key}/messages")
    def chat(key: str, text: Text) -> RedirectResponse:
        person = known(key)
        person.says(text)
        send([person.change()])
        return RedirectResponse(f"/people/{key}", status_code=303)

    def known(key: str) -> Person:
        person = people.of(key)
        if person is None:
            raise HTTPException(404, "Nobody signed up with this key.")
        return person

    return app


def page(name: str, **values: object) -> HTMLResponse:
    """Render a template."""
    return HTMLResponse(TEMPLATES.get_template(name).render(**values))
