"""`translate preview`: every document of a language as its translators and reviewers should see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from handouts import builtin
from handouts.cli.locales import Clinic, LanguageTag, locales_of, require
from handouts.cli.say import say
from handouts.clinic import load_clinic
from handouts.content.cldr import PSEUDO
from handouts.translate import catalogs


def preview(
    language: LanguageTag,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Only this document; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the pages go.")] = Path("preview"),
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve them here, and make them anew when a file changes.")
    ] = False,
    port: Annotated[int, typer.Option("--port", help="The port to serve at; 0: any that is free.")] = 0,
    clinic: Clinic = None,
) -> None:
    """Make PDF and HTML of all documents in a language, each sentence numbered and coloured by its state, source beside it.

    What stands in no document follows: the heads and feet of pages, the notice of language assistance, a clinic's own texts.
    en-XA (accented and longer) and ar-XB (right to left) show what breaks before anything is translated.
    """
    from handouts.translate.files import write_whole  # noqa: PLC0415 - what sets pages is loaded for this alone

    locales = locales_of(clinic)
    tag = language if language in PSEUDO else catalogs.meant(locales, [language])[0]
    known = [kind for domain in locales.domains for kind in domain.documents]
    for kind in document or ():
        require(kind, known, "--document")
    folder = clinic or builtin.demo_clinic()

    def made() -> dict[str, bytes]:
        from handouts.translate.preview import previews  # noqa: PLC0415 - as above

        fresh = locales_of(clinic)  # a file may have changed
        found = list(previews(load_clinic(folder), fresh, tag, document or ()))
        links = "".join(
            f'<li><a href="{each.name}.html">{each.kind}</a> (<a href="{each.name}.pdf">PDF</a>)</li>' for each in found
        )
        index = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{tag}</title></head><body><h1>{tag}</h1><ul>{links}</ul></body></html>\n'
        pages = {f"{each.name}.html": each.html.encode() for each in found} | {
            f"{each.name}.pdf": each.pdf for each in found
        }
        return {"index.html": index.encode(), **pages}

    if watch:
        _serve(
            made,
            lambda: [
                *locales.folder.rglob("*.po"),
                *locales.folder.rglob("*.tsv"),
                *builtin.templates().rglob("*.html"),
            ],
            port,
        )
        return
    for name, content in made().items():
        write_whole(out / name, content)
    typer.echo(f"{out / 'index.html'}: the documents in {tag}, as HTML and PDF")


def _serve(made: Callable[[], Mapping[str, bytes]], watched: Callable[[], Iterable[Path]], port: int) -> None:
    from handouts.translate.serve import served  # noqa: PLC0415 - as above

    with served(made, watched, port) as server:
        say(f"http://{server.server_address[0]}:{server.server_address[1]}/ shows the documents; Ctrl-C ends.")
        server.serve_forever(poll_interval=0.2)
