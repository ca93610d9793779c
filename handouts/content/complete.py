"""A wording with answers → what it lacks before it is complete, what keeps it from being signed, and who signs it.

What must be answered is declared in `procedure.toml` (`[[answers]]`); only fields that stand in the wording count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

from handouts.content.answers import answered
from handouts.content.blocks import BlankPlace, Block, Field, Group, Text
from handouts.content.condition import Among, tests
from handouts.content.procedure import ANY, AnswerRule, Procedure
from handouts.content.wording import Wording

ROLES = ("patient", "representative", "assent", "interpreter", "witness", "clinician")
"""Who signs, in this order (CLINICAL R7); who has another role signs before the clinician."""
WITHDRAWAL = "withdraw.signature"
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Lack:
    """What one rule lacks: the names of the fields it is about, and what is missing, in words."""

    fields: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A signature that a wording asks for: whose, in which field, how that is called.

    One that is not `required` is there for a person who may not have been needed; then it stays empty.
    """

    role: str
    field: str
    label: str
    required: bool


def lacking(wording: Wording, answers: Mapping[str, str], procedure: Procedure) -> tuple[Lack, ...]:
    """What `wording` with `answers` lacks before it can be called complete, in the order of the rules, each once.

    Raises WrongUsage for answers that it does not take.
    """
    form = _Form(answered(wording, answers))
    found: list[Lack] = []
    for rule in procedure.answer_rules(wording.edition.kind):
        if not form.falls_away(rule):
            found += form.lacking(rule)
    return tuple(dict.fromkeys(found))


def stops(wording: Wording, answers: Mapping[str, str], procedure: Procedure) -> tuple[str, ...]:
    """What was answered and keeps anybody from signing, in words. Raises WrongUsage for answers that `wording` does not take."""
    form = _Form(answered(wording, answers))
    found = (form.stopped(rule) for rule in procedure.answer_rules(wording.edition.kind) if not form.falls_away(rule))
    return tuple(dict.fromkeys(said for each in found for said in each))


def signers(wording: Wording, procedure: Procedure, answers: Mapping[str, str] | None = None) -> tuple[Signer, ...]:
    """The signatures that `wording` asks for, in the order in which people sign; taking back consent is none of them.

    Of people who may not have been needed (an interpreter, if one helped) it is not required, unless `answers` name them.
    """
    form = _Form(answered(wording, answers or {}))
    rules = procedure.answer_rules(wording.edition.kind)
    fields = [field for field in form.fields if field.kind == "signature" and field.name != WITHDRAWAL]
    found = [Signer(_role(each), each.name, each.label, form.must_sign(each, rules)) for each in fields]
    return tuple(sorted(found, key=lambda signer: _rank(signer.role)))


def withdrawal(wording: Wording) -> Signer | None:
    """The signature by which consent is taken back later, if there is one."""
    fields = (run for block in wording.blocks for run in block.runs if isinstance(run, Field))
    return next((Signer("withdraw", f.name, f.label, required=False) for f in fields if f.name == WITHDRAWAL), None)


def unknown_names(rules: Iterable[AnswerRule], known: Iterable[str]) -> Iterator[str]:
    """The names in `rules` that no field has; in `known` names a step that differs is a *, which a * alone stands for."""
    steps = {tuple(name.split(".")) for name in known}
    for name in dict.fromkeys(name for rule in rules for name in (*rule.names, *rule.unless)):
        own = name.split(".")
        if not any(len(own) == len(each) and all(map(_stands_for, own, each)) for each in steps):
            yield name


def _stands_for(own: str, step: str) -> bool:
    return own in (ANY, step)


class _Form:
    """A wording with its answers, and where each of its fields stands."""

    def __init__(self, wording: Wording) -> None:
        self._places = dict(_placed(wording.root))
        self.fields = tuple(self._places)
        labels = [field.label for field in self.fields]
        self._shared = {label for label in labels if labels.count(label) > 1}

    def falls_away(self, rule: AnswerRule) -> bool:
        """Whether an answer was given with which `rule` asks for nothing."""
        return any(field.value for group in self._groups(rule.unless) for field in group)

    def lacking(self, rule: AnswerRule) -> Iterator[Lack]:
        """What `rule` lacks."""
        if rule.required:
            asked = [field for group in self._groups(rule.required) for field in group]
            if not (rule.if_used and self._unused(asked, rule.if_used)):
                yield from (Lack((each.name,), self._missing(each)) for each in asked if not each.value)
        for group in self._groups(rule.one_of):
            given = [field for field in group if field.value]
            names = tuple(field.name for field in group)
            if not given:
                yield Lack(names, f"None of {self._listed(group)} is ticked.")
            elif len(given) > 1:
                yield Lack(names, f"Only one can be ticked, and {self._listed(given)} are.")
        for group in self._groups(rule.any_of):
            if not any(field.value for field in group):
                yield Lack(tuple(field.name for field in group), f"Nothing is answered of {self._listed(group)}.")

    def stopped(self, rule: AnswerRule) -> Iterator[str]:
        """What was answered of which `rule` says that it stops."""
        wanted = [field for group in self._groups(rule.unless) for field in group if field.kind != "checkbox"]
        remedy = f", and {self._listed(wanted)} is empty" if wanted else ""
        answered_ = (field for group in self._groups(rule.stops) for field in group if field.value)
        yield from (f"{self._named(field)} is ticked{remedy}." for field in answered_)

    def must_sign(self, signature: Field, rules: Sequence[AnswerRule]) -> bool:
        """Whether `signature` is required."""
        whose = signature.name.rpartition(".")[0]
        facts = [r.if_used for r in rules if r.if_used and any(name.startswith(f"{whose}.") for name in r.names)]
        beside = [field for field in self.fields if field.name.startswith(f"{whose}.") and field.value]
        return bool(beside) or not any(self._only_if_used(signature, fact) for fact in facts)

    def _unused(self, asked: Sequence[Field], fact: str) -> bool:
        return not any(field.value for field in asked) and all(self._only_if_used(field, fact) for field in asked)

    def _only_if_used(self, field: Field, fact: str) -> bool:
        """Whether it is not known if `field` is needed: a block beside it stands only while `fact` is unknown."""
        _, group = self._places[field]
        return any(test == Among(fact, ("unknown",)) for block in group.blocks() for test in tests(block.condition))

    def _groups(self, names: Sequence[str]) -> list[list[Field]]:
        """The fields that are so named, in reading order, those together for which every * stands for the same."""
        found: dict[tuple[str, ...], list[Field]] = {}
        patterns = [re.compile(re.escape(name).replace(re.escape(ANY), "([^.]+)")) for name in names]
        for field in self.fields:
            for pattern in patterns:
                if match := pattern.fullmatch(field.name):
                    found.setdefault(match.groups(), []).append(field)
                    break
        return list(found.values())

    def _missing(self, field: Field) -> str:
        return f"{self._named(field)} is {'not ticked' if field.kind == 'checkbox' else 'empty'}."

    def _named(self, field: Field) -> str:
        return self._listed([field])

    def _listed(self, fields: Sequence[Field]) -> str:
        """The labels of `fields`, with the words they stand beside where others are called so too."""
        labels = ", ".join(f'"{field.label}"' for field in fields)
        places = dict.fromkeys(self._words(field) for field in fields if field.label in self._shared)
        beside = " and ".join(f'"{words}"' for words in places if words)
        return f"{labels} beside {beside}" if beside else labels

    def _words(self, field: Field) -> str:
        """The beginning of the block that `field` stands in, without values."""
        block, _ = self._places[field]
        runs = (run for run in block.parts[0].runs if isinstance(run, Text | BlankPlace))
        return shorten("".join(run.text if isinstance(run, Text) else "…" for run in runs), _SHORT, placeholder=" …")


def _placed(group: Group) -> Iterator[tuple[Field, tuple[Block, Group]]]:
    """Every field, in reading order, with its block and the group around it."""
    for child in group.children:
        if isinstance(child, Group):
            yield from _placed(child)
        else:
            yield from ((run, (child, group)) for run in child.runs if isinstance(run, Field))


def _role(signature: Field) -> str:
    whose = signature.name.rpartition(".")[0] or signature.name
    return whose.removeprefix("sign.")


def _rank(role: str) -> float:
    return ROLES.index(role) if role in ROLES else len(ROLES) - 1.5
