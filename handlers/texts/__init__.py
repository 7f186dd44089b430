"""Every sentence the bot says: one TOML file a language, one whole sentence a key.

A key is its place in the file, such as `card.headline`. A sentence names its facts in braces.
A table of CLDR plural categories is one sentence too; its fact `n` chooses the form.
"""

from __future__ import annotations

import string
import tomllib
import unicodedata
from collections.abc import Iterator, KeysView, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale, UnknownLocaleError

FALLBACK = "en"
"""The language of last resort; the others have its keys, with the same facts."""

_PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Forms = Mapping[str, str]
"""A sentence by plural category; one that does not count has only `other`."""


class TextError(Exception):
    """A sentence that does not exist, or not with these facts: a mistake in the program."""


@cache
def _language_names() -> Mapping[str, str]:
    """The codes of languages by their names, in the languages we speak ourselves."""
    ours = [path.name.removesuffix(".toml") for path in _files()]
    return {
        _unaccented(name): code
        for reader in ours
        for code, name in Locale.parse(reader).languages.items()
        if len(code) == 2
    }


def code_of(language: str) -> str | None:
    """The code of a language by its code or its name: `es`, `Español`, `西班牙语`; else None."""
    word = _unaccented(language)
    names = _language_names()
    if word in names.values():
        return word
    return names.get(word) or names.get(word.replace("文", "语"))  # 英文 is 英语


@lru_cache(maxsize=256)
def _language_of(locale: str) -> str | None:
    """The language of a locale such as `es-MX`; None for what is no locale."""
    try:
        return Locale.parse(locale, sep="-" if "-" in locale else "_").language
    except (ValueError, UnknownLocaleError):
        return None


def _unaccented(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _files() -> list[Traversable]:
    return [file for file in files(__name__).iterdir() if file.name.endswith(".toml")]


class Texts:
    """The sentences of all languages that are there."""

    def __init__(self, sentences: Mapping[str, Mapping[str, Forms]]) -> None:
        self._sentences = sentences
        self._plural_rules = {code: Locale.parse(code).plural_form for code in sentences}
        self._check()

    @classmethod
    def load(cls) -> Texts:
        """Read the language files beside this module.

        Raises:
            TextError: a language lacks a sentence of the others, or uses other facts.
        """
        return cls(
            {
                file.name.removesuffix(".toml"): dict(_flat(tomllib.loads(file.read_text("utf-8"))))
                for file in _files()
            }
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, the fallback first."""
        return tuple(sorted(self._sentences, key=lambda code: (code != FALLBACK, code)))

    @property
    def keys(self) -> KeysView[str]:
        """All keys there are."""
        return self._sentences[FALLBACK].keys()

    def facts(self, key: str) -> frozenset[str]:
        """The names of the facts a sentence needs."""
        return _facts(self._forms(FALLBACK, key))

    def language(self, wanted: str) -> str:
        """The language we have for a locale such as `es-MX`; the fallback if there is none."""
        code = _language_of(wanted)
        return code if code is not None and code in self._sentences else FALLBACK

    def sentence(self, language: str, key: str, facts: Mapping[str, str], n: int = 0) -> str:
        """The sentence with its facts filled in; `n` chooses the plural form.

        Raises:
            TextError: there is no such sentence, or a fact is missing.
        """
        code = self.language(language)
        forms = self._forms(code, key)
        form = forms.get(self._plural_rules[code](n), forms["other"])
        try:
            return form.format_map(facts)
        except KeyError as missing:
            raise TextError(f"{key}: the fact {missing} is missing") from None

    def _forms(self, code: str, key: str) -> Forms:
        try:
            return self._sentences[code][key]
        except KeyError:
            raise TextError(f"{key}: no such sentence in {code}.toml") from None

    def _check(self) -> None:
        for code in self._sentences:
            odd = self.keys ^ self._sentences[code].keys()
            if odd:
                raise TextError(f"{code}.toml and {FALLBACK}.toml differ in {sorted(odd)}")
            for key in self.keys:
                forms = self._forms(code, key)
                if "other" not in forms:
                    raise TextError(f"{code}.toml: {key} has no form `other`")
                if _facts(forms) != self.facts(key):
                    raise TextError(f"{code}.toml: {key} needs other facts than in {FALLBACK}.toml")


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Forms]]:
    """The sentences of a TOML table with their dotted keys."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str):
            yield key, {"other": value}
        elif isinstance(value, dict) and value.keys() <= _PLURAL_FORMS:
            yield key, value
        elif isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        else:
            raise TextError(f"{key} is not a sentence")


def _facts(forms: Forms) -> frozenset[str]:
    """The facts named in any form; anything but a plain name in braces is refused."""
    found = set()
    for form in forms.values():
        for _, name, spec, conversion in string.Formatter().parse(form):
            if name is None:
                continue
            if not name.isidentifier() or spec or conversion:
                raise TextError(f"{{{name}}} in {form!r} is not a plain fact")
            found.add(name)
    return frozenset(found)
