"""Reads case files, and says in sentences what is wrong with one: nobody should need the code to add a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from tests.cases.model import Case, CaseFile, Step

HERE = Path(__file__).parent
AREAS = ("push", "pull", "connect")
MOST_MISTAKES = 20


class Mistakes(Exception):
    """Case files that cannot be played; `sentences` say what is wrong where."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("\n".join(self.sentences))


class _Loader(yaml.SafeLoader):
    """Reads YAML with moments as texts, as JSON has them, and refuses a key that is given twice."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _map(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.YAMLError(f"line {key_node.start_mark.line + 1}: the key {key!r} is there twice")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _map)


def read_cases(area: str, folder: Path | None = None) -> list[Case]:
    """Return the cases of an area, or of a folder's files (`*.yaml`, `*.yml`), in order; raises Mistakes."""
    place = folder or HERE / area
    if not place.is_dir():
        raise Mistakes([f"There is no folder {place}."])
    paths = sorted(path for path in place.iterdir() if path.suffix in (".yaml", ".yml"))
    if not paths:
        raise Mistakes([f"The folder {place} has no case files: they end in .yaml or .yml."])
    found: list[Case] = []
    mistakes: list[str] = []
    for path in paths:
        try:
            found += _read(path)
        except Mistakes as error:
            mistakes += [f"{path.name}: {sentence}" for sentence in error.sentences]
    if mistakes:
        raise Mistakes(mistakes[:MOST_MISTAKES])
    return found


def _read(path: Path) -> list[Case]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, TypeError) as error:
        raise Mistakes([f"it cannot be read as YAML: {' '.join(str(error).split())}"]) from error
    if not isinstance(raw, dict):
        raise Mistakes(["it is not a map with kind, title and cases"])
    try:
        file = CaseFile.model_validate(raw)
    except ValidationError as error:
        raise Mistakes(_sentences(error, raw)) from error
    unfit = [f"{_at(raw, ('cases', place))}: {why}" for place, case in enumerate(file.cases) for why in _unfit(case)]
    if unfit:
        raise Mistakes(unfit)
    return [case.model_copy(update={"kind": file.kind}) for case in file.cases]


def _unfit(case: Case) -> Iterator[str]:
    """Yield what keeps a case of the right shape from being played."""
    if not case.steps:
        yield "it has no steps"
    for number, step in enumerate(case.steps, 1):
        given = [name for name, value in step if value is not None]
        if len(given) != 1:
            yield f"step {number} does {' and '.join(given) or 'nothing'}; a step does one thing"
    for sync in case.syncs:
        if "sobject" not in sync:
            yield "a sync has no sobject"


def _sentences(error: ValidationError, raw: Any) -> list[str]:
    """Return what is wrong with a file, each with the way to it."""
    found: dict[str, None] = {}
    for each in error.errors():
        place = tuple(part for part in each["loc"] if isinstance(part, int) or part.replace("_", "").isalnum())
        match each["type"]:
            case "extra_forbidden":
                name = str(place[-1])
                near = get_close_matches(name, _known_keys(), 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                found[f"{_at(raw, place[:-1])}: there is no key {name!r}{hint}"] = None
            case "missing":
                found[f"{_at(raw, place[:-1])}: the key {place[-1]!r} is missing"] = None
            case _:
                found[f"{_at(raw, place)}: {each['msg'][:1].lower()}{each['msg'][1:]}"] = None
    return list(found)


def _known_keys() -> list[str]:
    models: list[type[BaseModel]] = [CaseFile]
    for model in models:
        for field in model.model_fields.values():
            models += [each for each in _models_in(field.annotation) if each not in models]
    return sorted({name for model in models for name in model.model_fields})


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)


def _at(raw: Any, place: Iterable[int | str]) -> str:
    """Return a place in words: `case 2 (its name), step 3, push`."""
    words: list[str] = []
    before: int | str = ""
    for part in place:
        raw = _part(raw, part)
        if not isinstance(part, int):
            words += [part] if part not in ("cases", "steps") and (part in Step.model_fields or raw is not None) else []
        elif before in ("cases", "steps"):
            name = raw.get("name") if isinstance(raw, dict) else None
            words.append(f"{str(before)[:-1]} {part + 1}" + (f" ({name})" if name else ""))
        else:
            words.append(f"item {part + 1}")
        before = part
    return ", ".join(words) or "the file"


def _part(raw: Any, part: int | str) -> Any:
    if isinstance(raw, list) and isinstance(part, int):
        return raw[part] if part < len(raw) else None
    return raw.get(part) if isinstance(raw, dict) else None
