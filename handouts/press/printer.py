"""The name of a queue → the printer behind it: what it can, in which state it is, and what keeps it from printing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from handouts.errors import Fault, NotPrinted, WrongUsage
from handouts.press.ipp import Answer, answer_of, keyword, values

DEFAULT_SERVER = "localhost:631"
STOPPED = 5
STAPLE, STAPLE_TOP_LEFT, STAPLE_TOP_RIGHT = 4, 20, 22
"""`finishings` (PWG 5100.1): wherever the printer staples, or in the corner where lines of the language begin."""
_STATES = {3: "idle", 4: "printing", STOPPED: "stopped"}
"""`printer-state` (RFC 8011 §5.4.11)."""
_RELEASE = 0x000D
"""Release-Job in `operations-supported` (RFC 8011 §5.4.15)."""
_DEVICE = {
    "media-empty": ("it is out of paper", "Load paper"),
    "media-needed": ("it waits for paper", "Load the paper that its display names"),
    "media-jam": ("paper is jammed", "Clear the jam"),
    "input-tray-missing": ("a tray is missing", "Put the tray back"),
    "output-tray-missing": ("the output tray is missing", "Put the tray back"),
    "output-area-full": ("its output tray is full", "Empty the tray"),
    "cover-open": ("a cover is open", "Close it"),
    "door-open": ("a door is open", "Close it"),
    "interlock-open": ("something on it is open", "Close it"),
    "toner-empty": ("it is out of toner", "Change the toner"),
    "marker-supply-empty": ("it is out of toner or ink", "Change what is empty"),
    "marker-waste-full": ("its waste container is full", "Change the container"),
    "shutdown": ("it is switched off", "Switch it on"),
    "spool-area-full": ("it has no room for more jobs", "Wait, or cancel jobs"),
}
"""`printer-state-reasons` that keep a printer from printing (RFC 8011 §5.4.12): what they mean, what to do."""
_WANTED = (
    "printer-name",
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "queued-job-count",
    "operations-supported",
    "document-format-supported",
    "sides-supported",
    "finishings-supported",
    "print-color-mode-supported",
    "print-scaling-supported",
    "page-ranges-supported",
    "overrides-supported",
    "job-hold-until-supported",
    "media-supported",
    "media-col-supported",
    "media-type-supported",
    "media-color-supported",
    "media-source-supported",
)


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer or a queue of CUPS, as it describes itself; `attributes` are those of its answer (RFC 8011 §5.4)."""

    uri: str
    attributes: Mapping[str, object]

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.attributes.get("printer-name", self.uri.rpartition("/")[2]))

    @property
    def model(self) -> str:
        """Make and model."""
        return str(self.attributes.get("printer-make-and-model", ""))

    @property
    def state(self) -> str:
        """Idle, printing or stopped."""
        return _STATES.get(self._number("printer-state"), "unknown")

    @property
    def accepting(self) -> bool:
        """Whether it takes jobs."""
        return self.attributes.get("printer-is-accepting-jobs") is not False

    @property
    def waiting(self) -> int:
        """Jobs that wait there or are printed."""
        return self._number("queued-job-count")

    @property
    def message(self) -> str:
        """What it says of its state, as a sentence, or nothing."""
        said = str((values(self.attributes, "printer-state-message") or ("",))[0]).strip()
        return f" It says: {said.rstrip('.')}." if said else ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is in its state, in IPP's keywords."""
        found = map(str, values(self.attributes, "printer-state-reasons") or ())
        return tuple(reason for reason in found if reason != "none")

    @property
    def holds(self) -> bool:
        """Whether it can hold a job and let it go later."""
        return self.can("job-hold-until", "indefinite") is True and self.can("operations", _RELEASE) is True

    @property
    def staples(self) -> bool | None:
        """Whether it staples; None if it does not say."""
        said = [self.can("finishings", each) for each in (STAPLE, STAPLE_TOP_LEFT, STAPLE_TOP_RIGHT)]
        return None if said[0] is None else any(said)

    def can(self, attribute: str, value: object) -> bool | None:
        """Whether it supports a value of a job's attribute; None if it does not say."""
        known = values(self.attributes, f"{attribute}-supported")
        return None if known is None else value in known

    def known(self, attribute: str) -> tuple[str, ...]:
        """The values that it supports, as far as it says."""
        return tuple(map(str, values(self.attributes, f"{attribute}-supported") or ()))

    def _number(self, name: str) -> int:
        value = self.attributes.get(name)
        return value if isinstance(value, int) else 0


def server_uri(server: str | None) -> str:
    """The address of a CUPS server: HOST or HOST:PORT, else that of CUPS_SERVER, else this machine's."""
    named = server or os.environ.get("CUPS_SERVER", "")
    given = named if named and not named.startswith("/") else DEFAULT_SERVER  # CUPS_SERVER may be a socket
    match = re.fullmatch(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(?:/version=[\d.]+)?", given, re.ASCII)
    if not match:
        raise WrongUsage(Fault("the command", "is no HOST or HOST:PORT.", "", "--server", given))
    return f"ipp://{match[1]}:{match[2] or 631}"


def queue_uri(queue: str, server: str | None) -> str:
    """The address of a queue by its name; ipp://… stands for a printer itself, without CUPS before it."""
    if re.match(r"ipps?://", queue):
        parts = urlsplit(queue)
        if not parts.hostname or parts.username or not re.fullmatch(r"[\w./:%\[\]-]+", queue, re.ASCII):
            raise WrongUsage(
                Fault(
                    "the command",
                    "is no address of a printer.",
                    "Write it as ipp://HOST/ipp/print.",
                    "--printer",
                    queue,
                )
            )
        return queue
    if not queue or re.search(r"[\s/#?\\'\"]", queue) or not queue.isprintable():
        raise WrongUsage(Fault("the command", "is no name of a queue.", "See press printers.", "--printer", queue))
    return f"{server_uri(server)}/printers/{quote(queue)}"


def printer_at(uri: str) -> Printer:
    """The printer at this address. Raises NotPrinted when there is none, MissingProgram."""
    answer = answer_of(uri, "Get-Printer-Attributes", [keyword("requested-attributes", *_WANTED)])
    if answer.good and answer.groups:
        return Printer(uri, answer.groups[-1])
    if answer.status == "client-error-not-found":
        raise NotPrinted(Fault(uri, "there is no such queue.", _others(uri)))
    raise refused(uri, "it does not say what it is", answer)


def printers(server: str | None) -> tuple[Printer, ...]:
    """The queues of a CUPS server, by name. Raises NotPrinted, MissingProgram."""
    uri = server_uri(server)
    answer = answer_of(f"{uri}/", "CUPS-Get-Printers", [keyword("requested-attributes", *_WANTED)])
    if not answer.good and answer.status != "client-error-not-found":  # which CUPS says when there are none
        raise refused(uri, "it does not list its queues", answer)
    found = [group for group in answer.groups if "printer-name" in group]
    made = [Printer(f"{uri}/printers/{quote(str(group['printer-name']))}", group) for group in found]
    return tuple(sorted(made, key=lambda printer: printer.name))


def faults(printer: Printer, *, hold: bool) -> Iterator[Fault]:
    """What keeps a job from being printed: one fault each. Where jobs are held the printer may stand still."""
    name = printer.name
    if not printer.accepting:
        remedy = f"See why with lpstat -l -p {name}; cupsaccept {name} lets it take jobs again."
        yield Fault(f"printer {name}", f"it takes no jobs.{printer.message}", remedy)
    if printer.can("document-format", "application/pdf") is False:
        yield Fault(f"printer {name}", "it takes no PDF.", f"It takes {', '.join(printer.known('document-format'))}.")
    if hold and not printer.holds:
        yield Fault(f"printer {name}", "it cannot hold jobs.", "Send without --hold, or to a queue of CUPS before it.")
    if hold:
        return
    if printer.state == _STATES[STOPPED] and not any(map(_device, printer.reasons)):
        remedy = f"See why with lpstat -l -p {name}; cupsenable {name} starts it. Or send with --hold."
        yield Fault(f"printer {name}", f"it is stopped.{printer.message}", remedy)
    for reason in printer.reasons:
        found = _device(reason)
        if found:
            yield Fault(f"printer {name}", f"{found[0]} ({reason}).", f"{found[1]}, then send again; or use --hold.")


def remarks(printer: Printer) -> Iterator[str]:
    """What the printer says of itself that does not keep it from printing."""
    for reason in printer.reasons:
        if not _device(reason) and reason != "paused":
            yield f"The printer says: {reason}."


def refused(where: str, problem: str, answer: Answer) -> NotPrinted:
    """The error for an answer that is no success."""
    said = answer.message.rstrip(".") or answer.status
    return NotPrinted(Fault(where, f"{problem}: {said}.", "See what CUPS says: lpstat -t, and its error log."))


def _device(reason: str) -> tuple[str, str] | None:
    """What a reason means that keeps a printer from printing; one that only warns or reports does not."""
    base = reason.removesuffix("-error")
    known = _DEVICE.get(base)
    return known or ((f"it cannot print: {base}", "See its display") if reason.endswith("-error") else None)


def _others(uri: str) -> str:
    parts = urlsplit(uri)
    if not parts.path.startswith("/printers/"):
        return "See the printer's own settings for its address."
    try:
        names = ", ".join(printer.name for printer in printers(parts.netloc))
    except NotPrinted:
        names = ""
    return f"There are: {names}." if names else "There are none yet: add one with lpadmin, or name another --server."
