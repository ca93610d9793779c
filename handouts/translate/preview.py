"""A language → its documents with every block in them, each sentence with its number and the colour of its state, source beside it.

As pages, set as documents are, and as HTML. Numbers are those of `handouts translate review LANG`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import count

from handouts.clinic import Clinic
from handouts.content.blocks import Block, Edition, Field, Group, Node, Part, Text, Tone
from handouts.content.catalog import FURNITURE, Catalog, Catalogs, is_english
from handouts.content.cldr import PSEUDO, direction_of
from handouts.content.editions import Editions
from handouts.content.messages import Message
from handouts.content.po import PLACE, MessageKey
from handouts.content.reviews import State, name_of
from handouts.content.show import CSS, block_html
from handouts.content.wording import Wording, Wordings
from handouts.pdf import Signing, fill, stamp
from handouts.plates import Look, Plates
from handouts.translate.catalogs import opened
from handouts.translate.domains import Locales
from handouts.translate.pseudo import pseudo
from handouts.translate.review import listed
from handouts.typeset.arrangement import set_filled
from handouts.typeset.furniture import Furniture
from handouts.typeset.standing import set_furniture
from handouts.typeset.style import LETTER
from handouts.typeset.values import Values
from handouts.typeset.variant import BILINGUAL

TONES: Mapping[State, Tone] = {
    State.EMPTY: "empty",
    State.FUZZY: "empty",
    State.DRAFT: "draft",
    State.TRANSLATED: "draft",
    State.RETURNED: "doubtful",
    State.HALF: "doubtful",
    State.UNTOLD: "doubtful",
    State.REVIEWED: "reviewed",
}
_WORST: Sequence[Tone] = ("empty", "doubtful", "draft", "reviewed")
LEGEND = (
    "Red: not translated, or fuzzy. Violet: returned, or one reviewer of two. Brown: not reviewed. Green: reviewed. "
    "Numbers are those of handouts translate review."
)
MARK = "PREVIEW"
_NUMBER = re.compile(r"\[(\d+)\]")
_SAID = re.compile(r"⟦(\d+)\|([^⟦⟧]*)⟧")
"""A sentence with none in it; a clinic's own text may stand within another."""
_LABEL = re.compile(r'(<input type="checkbox"[^<>]* aria-label="([^"]*)">)')
_IN_ATTRIBUTE = re.compile(r'="[^"]*⟦[^"]*"')
_TAGS = re.compile(r"<[^<>]*>")
_NOTHING = "–"


@dataclass(frozen=True)
class Numbered:
    """A message of a language with its number: what stands for it in the preview, and how far it is."""

    number: int
    name: str
    text: str
    state: State
    source: str


@dataclass(frozen=True)
class Preview:
    """One document as translators see it; a kind may also be that of messages which stand in no document."""

    kind: str
    html: str
    pdf: bytes

    @property
    def name(self) -> str:
        """What its files are called."""
        return re.sub(r"\W+", "-", self.kind.replace("'", ""))


def numbered(locales: Locales, language: str) -> dict[str, dict[MessageKey, Numbered]]:
    """The messages of `language` by domain and key, with the numbers they are reviewed by; those without a catalog come after.

    Raises CatalogError for a catalog that cannot be read.
    """
    catalogs = () if language in PSEUDO else opened(locales, language)
    there = {(each.catalog.domain.name, each.entry.key): each for each in listed(catalogs)}
    beyond = count(len(there) + 1)

    def number_of(domain: str, message: Message) -> Numbered:
        if known := there.get((domain, message.key)):
            return Numbered(known.number, known.name, known.entry.translations[0], known.state, message.source)
        spoken = language not in PSEUDO
        text, state = ("", State.EMPTY) if spoken else (pseudo(message.source, language), State.REVIEWED)
        return Numbered(next(beyond), name_of(message.key), text, state, message.source)

    return {
        domain.name: {message.key: number_of(domain.name, message) for message in domain.messages}
        for domain in locales.domains
    }


class _Marked(Catalogs):
    """Catalogs whose every message says its number, as `marked` puts it."""

    def __init__(
        self, clinic: Clinic, messages: Mapping[str, Mapping[MessageKey, Numbered]], marked: Callable[[Numbered], str]
    ) -> None:
        super().__init__(clinic.folder)
        self._messages, self._marked = messages, marked

    def load(self, domain: str, language: str, critical: Collection[MessageKey] = frozenset()) -> Catalog:
        if domain not in self._messages:
            return super().load(domain, language, critical)
        if domain == FURNITURE:
            said = {key: each.text or each.source for key, each in self._messages[domain].items()}
        else:
            said = {key: self._marked(each) for key, each in self._messages[domain].items()}
        return Catalog(language, said)


class _Whole(Editions):
    """The editions of `plain` with, after each, the messages that stand in none of their blocks: `rest`, by procedure and kind.

    A kind that no procedure has is a page of these alone. What sets pages asks here which letters its fonts need.
    """

    def __init__(self, plain: Editions, catalogs: Catalogs, rest: _Rest, said: Callable[[Numbered], str]) -> None:
        super().__init__(plain.clinic, catalogs=catalogs)
        self._plain, self._rest, self._said = plain, rest, said

    def wordings(self, procedure: str, kind: str, language: str) -> Wordings:
        """The wordings of one document or page; the notice of language assistance in one language alone."""
        return self._wordings(procedure, kind, language)

    def _wordings_of(self, procedure: str, kind: str, language: str) -> Wordings:
        known = self.procedure(procedure)
        edition = self._plain.wordings(procedure, kind if kind in known.kinds else known.kinds[0], language).edition
        if kind not in known.kinds:
            edition = replace(edition, kind=kind, title=kind.capitalize(), root=replace(edition.root, children=()))
        said = _source if is_english(language) else self._said
        return Wordings(_with_rest(edition, self._rest[procedure, kind], said), known)


_Rest = Mapping[tuple[str, str], Sequence[Numbered]]


def previews(clinic: Clinic, locales: Locales, language: str, kinds: Collection[str] = ()) -> Iterator[Preview]:
    """Every document of every procedure in `language`, or those of `kinds`, and then what stands in none of them.

    Raises ContentError as editions do.
    """
    messages = numbered(locales, language)
    clinic = clinic.with_languages(language).model_copy(update={"logo": ""})
    for_paper, for_screen = (_Marked(clinic, messages, said) for said in (_on_paper, _on_screen))
    plain = Editions(clinic, catalogs=for_paper)
    rest = dict(_rest(plain, locales, messages, language))
    paper = _Whole(plain, for_paper, rest, _on_paper)
    screen = _Whole(Editions(clinic, catalogs=for_screen), for_screen, rest, _on_screen)
    plates = Plates(paper)
    by_number = {each.number: each for of_domain in messages.values() for each in of_domain.values()}
    for procedure, kind in rest:
        if not kinds or kind in kinds:
            english = paper.wordings(procedure, kind, paper.english).edition
            html = _html(screen.wordings(procedure, kind, language).edition, english, by_number)
            told = paper.wordings(procedure, kind, language).edition
            yield Preview(kind, html, _pdf(plates, (told, english), by_number, clinic))


def _rest(
    editions: Editions, locales: Locales, messages: Mapping[str, Mapping[MessageKey, Numbered]], language: str
) -> Iterator[tuple[tuple[str, str], Sequence[Numbered]]]:
    """For every procedure and kind of document the messages that no block of it has; all of them for what is no document."""
    seen: set[int] = set()
    loose: dict[str, list[Numbered]] = {}
    for domain in locales.domains:
        said = messages[domain.name]
        if domain.name not in editions.procedures:
            for message in domain.messages:
                loose.setdefault(message.documents[0], []).append(said[message.key])
            continue
        for kind in editions.procedure(domain.name).kinds:
            found = _numbers(editions.wordings(domain.name, kind, language).edition)
            seen |= found
            wanted = (said[message.key] for message in domain.messages if kind in message.documents)
            yield (domain.name, kind), [each for each in wanted if each.number not in found]
    for kind, rest in loose.items():
        if unseen := [each for each in rest if each.number not in seen]:
            yield (editions.procedures[0], kind), unseen


def _source(each: Numbered) -> str:
    return each.source


def _on_paper(each: Numbered) -> str:
    return f"[{each.number}] {each.text or _NOTHING}"


def _on_screen(each: Numbered) -> str:
    return f"⟦{each.number}|{each.text or _NOTHING}⟧"


def _numbers(edition: Edition) -> set[int]:
    """The numbers of the messages that stand in an edition for paper."""
    return {int(number) for block in edition.blocks for number in _NUMBER.findall(_said(block))}


def _said(block: Block) -> str:
    return " ".join(
        run.text if isinstance(run, Text) else run.label for run in block.runs if isinstance(run, Text | Field)
    )


def _with_rest(edition: Edition, rest: Sequence[Numbered], said: Callable[[Numbered], str]) -> Edition:
    """The edition, and after it the sentences that it does not have, such as those that only other clinics' settings choose."""
    texts = [_TAGS.sub("", PLACE.sub(r"‹\1›", said(each))).replace("%%", "%") for each in rest]
    blocks = [Block("p", (Part("p", (Text(text),)),), ("-",), edition.language, place="preview") for text in texts]
    return replace(edition, root=replace(edition.root, children=(*edition.root.children, *blocks)))


def _pdf(plates: Plates, editions: tuple[Edition, Edition], known: Mapping[int, Numbered], clinic: Clinic) -> bytes:
    """The edition with the English one beside it, all blocks in them, as pages."""
    told, english = editions
    lacking = {index for each in editions for index, block in enumerate(each.blocks) if block.unset}
    wordings = (
        Wording(told, _kept(told.root, lacking, lambda block: replace(block, tone=_tone(block, known)))),
        Wording(english, _kept(english.root, lacking, lambda block: block)),
    )
    texts = {each.edition.language: {name: f"‹{name}›" for name in _blanks(each)} for each in wordings}
    furniture = Furniture(clinic.name, f"{english.title} – {told.language}", LEGEND, "", "{page}/{pages}", "", "", "en")
    values = Values()
    arranged = plates.arranged(wordings, LETTER, BILINGUAL)
    blocks = set_filled(arranged, texts, values)
    standing = set_furniture(furniture, LETTER.measure, BILINGUAL, values)
    look = Look(LETTER, BILINGUAL, MARK, Signing(allowed=False, instead=MARK))
    plate = plates.plate(arranged, blocks, standing, look, wordings)
    return stamp(fill(plate, blocks, standing, values))


def _blanks(wording: Wording) -> Iterator[str]:
    return (name for block in wording.blocks for name in block.blanks)


def _kept(root: Group, lacking: Collection[int], changed: Callable[[Block], Block]) -> Group:
    """The tree without the blocks of these numbers, each other block changed."""
    numbers = iter(range(10**9))

    def kept(node: Node) -> Node | None:
        if isinstance(node, Block):
            return None if next(numbers) in lacking else changed(node)
        children = tuple(child for each in node.children if (child := kept(each)) is not None)
        return replace(node, children=children) if children else None

    return replace(root, children=tuple(child for each in root.children if (child := kept(each)) is not None))


def _tone(block: Block, known: Mapping[int, Numbered]) -> Tone:
    """The worst of the states of the messages in a block."""
    tones = {TONES[known[int(number)].state] for number in _NUMBER.findall(_said(block)) if int(number) in known}
    for tone in _WORST:
        if tone in tones:
            return tone
    return ""


def _html(told: Edition, english: Edition, known: Mapping[int, Numbered]) -> str:
    rows = "".join(_row(*pair, known) for pair in zip(told.blocks, english.blocks, strict=True))
    counts = ", ".join(f"{count} {state}" for state, count in _counts(told, known).items())
    title = f"{english.title} – {told.language}"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{CSS}{_CSS}</style>\n</head>\n<body>\n'
        f'<div class="mark" role="note"><p>{MARK}</p></div>\n<header><p>{escape(title)}: {escape(counts)}. {escape(LEGEND)}</p></header>\n'
        f'<main class="preview">\n{rows}</main>\n</body>\n</html>\n'
    )


def _row(told: Block, english: Block, known: Mapping[int, Numbered]) -> str:
    when = f'<p class="when">{escape(str(told.condition))}</p>' if str(told.condition) else ""
    language = escape(told.language)
    return (
        f'<section class="pair">{when}<div lang="{language}" dir="{direction_of(told.language)}">{_marked(_whole(told), known)}</div>'
        f'<div lang="en" dir="ltr">{_whole(english)}</div></section>\n'
    )


def _whole(block: Block) -> str:
    """A block with what HTML wants around it."""
    html = block_html(block, {})
    return {"li": f"<ul>{html}</ul>", "tr": f"<table>{html}</table>"}.get(block.role, html)


def _marked(html: str, known: Mapping[int, Numbered]) -> str:
    """Each sentence in the colour of its state, with its number before it and its source in its title."""
    html = _LABEL.sub(r"\1 \2", html)  # a box's label, which only screen readers say, is to be seen too
    html = _IN_ATTRIBUTE.sub(lambda found: _inside_out(lambda said: said[2], found[0]), html)

    def sentence(found: re.Match[str]) -> str:
        each = known[int(found[1])]
        title = escape(f"{each.number} {each.name} · {each.state} · {each.source}")
        return f'<span class="said {TONES[each.state]}" id="m{each.number}" title="{title}"><sup>{each.number}</sup>{found[2]}</span>'

    return _inside_out(sentence, html)


def _inside_out(put: Callable[[re.Match[str]], str], html: str) -> str:
    """`html` with each sentence changed, and then each that it stands in."""
    changed = 1
    while changed:
        html, changed = _SAID.subn(put, html)
    return html


def _counts(edition: Edition, known: Mapping[int, Numbered]) -> dict[str, int]:
    """How many messages of a document are in each state."""
    said = "".join(map(_said, edition.blocks))
    numbers = {int(found[0]) for found in re.findall(r"⟦(\d+)(\|)", said)}
    states = [str(known[number].state) for number in sorted(numbers) if number in known]
    return {str(state): states.count(str(state)) for state in State if str(state) in states}


_CSS = """\
main.preview { max-width: 84rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; border-bottom: 1px solid #dde3e8; padding: .3rem 0; }
.pair .when { grid-column: 1 / -1; margin: 0; font: .75rem ui-monospace, monospace; color: #555; }
.pair [lang=en] { color: #555; }
.said sup { font: .7rem ui-monospace, monospace; margin-inline-end: .2em; }
.said.empty { color: #b31212; } .said.doubtful { color: #852980; } .said.draft { color: #995405; } .said.reviewed { color: #0d662e; }
.said:target { outline: .15rem solid #a81a1a; }
"""
