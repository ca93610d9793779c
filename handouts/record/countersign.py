"""The end of the log → a sheet that a person countersigns and keeps elsewhere: later it shows whether anything before was changed."""

from __future__ import annotations

from datetime import datetime

from handouts.clinic import Clinic
from handouts.record.log import Head
from handouts.record.page_zero_sheet import Note, Row, Section, Table
from handouts.record.roles import Actor
from handouts.record.sealed import Seal, sealed
from handouts.record.sign import Meaning
from handouts.record.sign_keys import Key
from handouts.typeset.furniture import Furniture

TITLE = "End of the log"
_WHY = (
    "Keep this sheet where nobody who can change the record can change it too. Later, handouts verify --log --head with the number and"
    " hash below says whether the log still holds this line, and all before it."
)


def countersigned(clinic: Clinic, head: Head, at: str, actor: Actor, key: Key | None, now: datetime) -> bytes:
    """The sheet of this `head`, whose line was written `at` (UTC), signed by `actor` if there is a `key`; `now` is aware."""
    told = (
        ("Clinic", clinic.name),
        ("Lines of the log", str(head.number)),
        ("Hash of the last line", head.hash),
        ("Written", at),
        ("Printed", now.isoformat(timespec="seconds")),
        ("For verify --log --head", str(head)),
    )
    table = Table(("What", "Which"), (30, 70), tuple(Row(each) for each in told))
    furniture = Furniture(
        clinic_name=clinic.name,
        title=TITLE,
        for_line="For the record",
        identity_line="",
        page_line="Page {page} of {pages}",
        document_line="",
        help_line="",
        language="en",
    )
    seal = None
    if key:
        meaning = Meaning(actor.person.name, "countersigner", "", now, "I saw this end of the log.")
        seal = Seal(key, meaning, "Countersigned by", f"Countersigned, {now:%Y-%m-%d %H:%M %z}")
    return sealed([Section("head", "The log", (Note(_WHY), table))], furniture, clinic, seal)
