"""Ways to change a signed file, each as somebody would who wants it to go unseen: `WAYS` by name, what they start from and find."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from asn1crypto import cms, core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from signing import (
    CLINICIAN,
    PATIENT,
    WITNESS,
    approved,
    consent,
    key,
    meaning,
    policy,
    shown,
    sign,
    signed_consent,
    stages,
)

from handouts.record import sign as module
from handouts.record.sign import Revision, signed
from handouts.record.verify_values import Kind

WAYS: dict[str, Way] = {}


@dataclass(frozen=True)
class Way:
    """How a file is changed: `make` gives the changed one; `kinds` are what must be found, any of them."""

    make: Callable[[], bytes]
    kinds: tuple[Kind, ...]
    only_record: bool = False


def way(*kinds, only_record=False):
    def noted(make):
        WAYS[make.__name__.replace("_", " ")] = Way(cache(make), kinds, only_record)
        return make

    return noted


def honest():
    """What most ways begin with: the patient and the witness have signed, the clinician has not."""
    return signed_consent(2)


def appended(pdf, change, writer=Revision):
    """`pdf` with one more revision, in which `change` was made."""
    revision: Any = writer(BytesIO(pdf))
    change(revision)
    written = BytesIO()
    revision.write(written)
    return written.getvalue()


def page_of(revision, number=0):
    found = revision.root["/Pages"]["/Kids"].raw_get(number)
    return found.get_object(), found


def widget_of(revision, name):
    def walk(kids, before):
        for each in kids:
            entry = each.get_object()
            own = ".".join(filter(None, (before, str(entry["/T"]))))
            if own == name:
                return each, entry
            found = walk(entry["/Kids"], own) if "/Kids" in entry else None
            if found:
                return found
        return None

    return walk(revision.root["/AcroForm"]["/Fields"], "")


def dictionary(**entries):
    return generic.DictionaryObject({pdf_name("/" + name): value for name, value in entries.items()})


def stream(content, **entries):
    return generic.StreamObject(dict(dictionary(**entries)), stream_data=content)


def rewritten(revision, ref, content):
    """The stream `ref` with another content."""
    found = ref.get_object()
    entries = {name: found.raw_get(name) for name in found if name not in ("/Filter", "/DecodeParms", "/Length")}
    revision.objects[ref.generation, ref.idnum] = generic.StreamObject(entries, stream_data=content)


def text(words):
    return generic.TextStringObject(words)


def numbers(*values):
    return generic.ArrayObject([generic.NumberObject(value) for value in values])


def replaced(pdf, place, content):
    return pdf[:place] + content + pdf[place + len(content) :]


def ranges(pdf):
    """Where each signature leaves its own bytes out."""
    found = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)
    return [tuple(map(int, each)) for each in found]


# What happens to bytes.


@way(Kind.SIGNATURE, Kind.UNREADABLE)
def a_byte_of_a_page_was_turned_over():
    pdf = honest()
    place = pdf.index(b"stream\n") + 400
    return replaced(pdf, place, bytes((pdf[place] ^ 1,)))


@way(Kind.SIGNATURE)
def the_name_in_a_signature_was_changed():
    pdf = honest()
    place = pdf.index(b"/XXHandoutsRole (patient)") + len(b"/XXHandoutsRole (")
    return replaced(pdf, place, b"pAtient")


@way(Kind.SIGNATURE)
def the_time_in_a_signature_was_changed():
    pdf = honest()
    return replaced(pdf, pdf.index(rb"D\07220260303"), rb"D\07220260301")


@way(Kind.SIGNATURE, Kind.UNREADABLE)
def the_signature_itself_was_damaged():
    pdf = honest()
    place = ranges(pdf)[0][1] + 1500
    return replaced(pdf, place, b"0" if pdf[place : place + 1] != b"0" else b"1")


@way(Kind.BYTES)
def bytes_were_put_after_the_end():
    return honest() + b"and so on\n"


@way(Kind.BYTES, Kind.CHANGE)
def a_second_end_was_put_after_the_end():
    return honest() + b"% see below\n" + honest()[-40:]


@way(Kind.BYTES)
def bytes_were_put_before_the_beginning():
    return b"\n\n" + honest()


@way(Kind.HIDDEN)
def something_was_written_into_the_room_behind_a_signature():
    pdf = honest()
    return replaced(pdf, ranges(pdf)[0][2] - 101, b"DEADBEEF")


@way(Kind.HIDDEN)
def something_was_hung_on_a_signature_unsigned():
    pdf = honest()
    _, start, end, _ = ranges(pdf)[-1]
    held = bytes.fromhex(pdf[start + 1 : end - 1].decode())
    message = cms.ContentInfo.load(held)
    attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Any(core.OctetString(b"x" * 20))]})
    message["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    made = message.dump(force=True).hex().upper().encode()
    return replaced(pdf, start + 1, made.ljust(end - start - 2, b"0"))


@way(Kind.UNREADABLE)
def the_second_half_was_lost():
    return honest()[:60_000]


@way(Kind.RECORD, only_record=True)
def the_file_was_cut_back_to_the_first_signature():
    return stages()[1]


@way(Kind.RECORD, only_record=True)
def the_file_was_cut_back_to_before_it_was_signed():
    return stages()[0]


@way(Kind.SIGNATURE, Kind.UNREADABLE, Kind.CHANGE)
def the_file_was_saved_anew():
    written = BytesIO()
    with pikepdf.open(BytesIO(honest())) as opened:
        opened.save(written)
    return written.getvalue()


@way(Kind.UNREADABLE)
def the_file_was_encrypted():
    written = BytesIO()
    with pikepdf.open(BytesIO(honest())) as opened:
        opened.save(written, encryption=pikepdf.Encryption(owner="o", user=""))
    return written.getvalue()


# What happens to signatures.


@way(Kind.CHANGE)
def a_signature_was_taken_out_of_its_field():
    def change(revision):
        ref, entry = widget_of(revision, PATIENT)
        del entry["/V"]
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.SIGNATURE)
def one_signature_was_put_into_two_fields():
    def change(revision):
        other = widget_of(revision, PATIENT)[1].raw_get("/V")
        ref, entry = widget_of(revision, CLINICIAN)
        entry[pdf_name("/V")] = other
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.SIGNATURE)
def two_signatures_changed_places():
    def change(revision):
        one, first = widget_of(revision, PATIENT)
        two, second = widget_of(revision, WITNESS)
        first[pdf_name("/V")], second[pdf_name("/V")] = second.raw_get("/V"), first.raw_get("/V")
        revision.mark_update(one)
        revision.mark_update(two)

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.UNREADABLE)
def a_field_was_filled_with_no_signature():
    def change(revision):
        ref, entry = widget_of(revision, CLINICIAN)
        empty = dictionary(
            Type=pdf_name("/Sig"), Contents=generic.ByteStringObject(b"\0"), ByteRange=generic.NullObject()
        )
        entry[pdf_name("/V")] = revision.add_object(empty)
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.SIGNER)
def somebody_untrusted_signed_for_the_clinician():
    return sign(honest(), CLINICIAN, by="Stranger")


@way(Kind.SIGNER)
def all_was_signed_anew_by_somebody_untrusted():
    return sign(approved(), PATIENT, WITNESS, by="Stranger")


@way(Kind.RECORD, only_record=True)
def somebody_trusted_signed_in_the_name_of_another():
    field = PATIENT
    first = signed(approved(), field, key("Ben Desk"), meaning(field), shown(approved(), field), policy())
    return sign(first, WITNESS)


@way(Kind.RECORD, only_record=True)
def the_order_of_signing_was_turned_round():
    return sign(approved(), WITNESS, PATIENT)


@way(Kind.RECORD, only_record=True)
def another_document_was_signed():
    return sign(approved("unknown"), PATIENT, WITNESS)


@way(Kind.LOCK, Kind.CHANGE)
def the_certification_was_taken_out():
    def change(revision):
        del revision.root["/Perms"]
        revision.update_root()

    return appended(honest(), change)


@way(Kind.SIGNATURE)
def a_signature_was_made_to_cover_less():
    pdf = honest()
    old = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", pdf)
    start, end, rest = map(int, old.groups())
    new = b"/ByteRange [0 %d %d %d]" % (start, end + 20, rest - 20)
    return replaced(pdf, old.start(), new.ljust(len(old.group())))


@way(Kind.CHANGE)
def a_field_to_sign_was_added():
    def change(revision):
        page, ref = page_of(revision)
        field = dictionary(
            Type=pdf_name("/Annot"),
            Subtype=pdf_name("/Widget"),
            FT=pdf_name("/Sig"),
            T=text("extra"),
            Rect=numbers(0, 0, 0, 0),
        )
        added = revision.add_object(field)
        revision.root["/AcroForm"]["/Fields"].append(added)
        revision.update_root()
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), added])
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.SIGNATURE)
def the_timestamp_of_a_signature_was_damaged():
    pdf = signed_consent(1, "B-T")
    _, start, end, _ = ranges(pdf)[-1]
    held = bytearray.fromhex(pdf[start + 1 : end - 1].decode())
    place = held.rindex(b"20260303160001Z")
    held[place : place + 15] = b"20260303150001Z"
    return replaced(pdf, start + 1, held.hex().upper().encode())


@way(Kind.SIGNER)
def the_timestamp_is_of_an_authority_that_is_not_trusted():
    own, other = policy("B-T"), policy("B-T", by="Stranger")
    given = replace(own, timestamper=other.timestamper)
    return signed(approved(), PATIENT, key("Ana"), meaning(PATIENT), shown(approved(), PATIENT), given)


@way(Kind.SIGNATURE)
def a_signature_was_written_in_other_letters():
    pdf = honest()
    _, start, end, _ = ranges(pdf)[-1]
    return replaced(pdf, start + 1, pdf[start + 1 : end - 1].lower())


# What happens to the form.


@way(Kind.CHANGE)
def a_value_was_filled_in_after_signing():
    def change(revision):
        ref, entry = widget_of(revision, "clinician.note")
        entry[pdf_name("/V")] = text("No risk at all")
        revision.mark_update(ref)

    return appended(sign(consent(), PATIENT), change)


@way(Kind.CHANGE)
def a_box_was_ticked_after_signing():
    def change(revision):
        ref, entry = widget_of(revision, "decision.agree")
        entry[pdf_name("/V")] = entry[pdf_name("/AS")] = pdf_name("/Yes")
        revision.mark_update(ref)

    return appended(sign(consent(), PATIENT), change)


@way(Kind.CHANGE)
def a_value_was_filled_in_with_the_next_signature():
    def change(revision):
        ref, entry = widget_of(revision, "decision.agree")
        entry[pdf_name("/V")] = entry[pdf_name("/AS")] = pdf_name("/Yes")
        revision.mark_update(ref)

    return with_the_next_signature(sign(consent(), PATIENT), change)


@way(Kind.CHANGE)
def the_look_of_a_signature_was_swapped():
    def change(revision):
        ref, entry = widget_of(revision, PATIENT)
        look = stream(b"0 0 m 9 9 l S", Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 9, 9))
        entry[pdf_name("/AP")] = dictionary(N=revision.add_object(look))
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.CHANGE)
def the_look_of_a_signature_was_swapped_in_its_place():
    def change(revision):
        look = widget_of(revision, PATIENT)[1]["/AP"].raw_get("/N")
        rewritten(revision, look, b"0 0 m 9 9 l S")

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.HIDDEN)
def programs_are_to_fill_in_what_fields_show():
    def change(revision):
        revision.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
        revision.update_root()

    return appended(honest(), change)


# What happens to pages.


@way(Kind.CHANGE)
def a_page_was_added():
    def change(revision):
        pages = revision.root["/Pages"]
        content = revision.add_object(stream(b"0 0 m 9 9 l S"))
        page = dictionary(
            Type=pdf_name("/Page"),
            MediaBox=numbers(0, 0, 612, 792),
            Contents=content,
            Parent=revision.root.raw_get("/Pages"),
        )
        pages["/Kids"].append(revision.add_object(page))
        pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
        revision.update_container(pages)

    return appended(honest(), change)


@way(Kind.CHANGE)
def a_page_was_taken_out():
    def change(revision):
        pages = revision.root["/Pages"]
        del pages["/Kids"][1]
        pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
        revision.update_container(pages)

    return appended(honest(), change)


@way(Kind.CHANGE)
def pages_changed_places():
    def change(revision):
        kids = revision.root["/Pages"]["/Kids"]
        kids[:2] = [kids.raw_get(1), kids.raw_get(0)]
        revision.update_container(revision.root["/Pages"])

    return appended(honest(), change)


@way(Kind.CHANGE)
def a_page_was_given_another_content():
    def change(revision):
        page, ref = page_of(revision)
        page[pdf_name("/Contents")] = revision.add_object(stream(b"0 0 m 99 99 l S"))
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.CHANGE)
def the_content_of_a_page_was_replaced():
    return appended(honest(), _rewrite_content)


@way(Kind.CHANGE)
def the_content_of_a_page_was_replaced_with_the_next_signature():
    return with_the_next_signature(honest(), _rewrite_content)


@way(Kind.CHANGE)
def the_content_of_a_page_was_replaced_with_the_first_signature():
    return with_the_next_signature(approved(), _rewrite_content, PATIENT)


def _rewrite_content(revision):
    content = page_of(revision)[0]["/Contents"].raw_get(0)
    rewritten(revision, content, b"0 0 m 99 99 l S")


def with_the_next_signature(pdf, change, field=CLINICIAN):
    """`pdf` signed in `field` by the right person, with `change` made in the same revision."""

    class Changing(Revision):
        def __init__(self, *given, **more):
            super().__init__(*given, **more)
            change(self)

    real, module.Revision = module.Revision, Changing
    try:
        return sign(pdf, field)
    finally:
        module.Revision = real


@way(Kind.CHANGE, Kind.HIDDEN)
def a_note_was_laid_over_a_page():
    def change(revision):
        page, ref = page_of(revision)
        look = stream(
            b"0 0 200 50 re f", Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 200, 50)
        )
        note = dictionary(
            Type=pdf_name("/Annot"),
            Subtype=pdf_name("/FreeText"),
            Rect=numbers(50, 500, 250, 550),
            Contents=text("agreed"),
            AP=dictionary(N=revision.add_object(look)),
        )
        page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), revision.add_object(note)])
        revision.mark_update(ref)

    return appended(honest(), change)


@way(Kind.CHANGE)
def a_font_was_replaced():
    def change(revision):
        fonts = page_of(revision)[0]["/Resources"]["/Font"]
        name = next(iter(fonts))
        font = fonts.raw_get(name)
        font.get_object()[pdf_name("/Encoding")] = pdf_name("/Identity-V")
        revision.mark_update(font)

    return appended(honest(), change)


@way(Kind.CHANGE)
def what_is_read_aloud_was_changed():
    def change(revision):
        tree = revision.root["/StructTreeRoot"]
        top = tree["/K"].raw_get(0)
        top.get_object()[pdf_name("/Alt")] = text("You agree to everything")
        revision.mark_update(top)

    return appended(honest(), change)


# What happens to the document.


@way(Kind.CHANGE)
def the_title_was_changed():
    def change(revision):
        revision.trailer["/Info"][pdf_name("/Title")] = text("Receipt")
        revision.mark_update(revision.trailer.raw_get("/Info"))

    return appended(honest(), change)


@way(Kind.CHANGE)
def another_program_saved_its_metadata():
    def change(revision):
        revision.update_root()

    return appended(honest(), change, IncrementalPdfFileWriter)


@way(Kind.CHANGE)
def the_file_was_made_to_begin_elsewhere():
    def change(revision):
        other = generic.DictionaryObject({name: revision.root.raw_get(name) for name in revision.root})
        other[pdf_name("/Lang")] = text("xx")
        revision._root = revision.add_object(other)  # noqa: SLF001  # as a hostile writer would

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.HIDDEN)
def a_program_was_put_in():
    def change(revision):
        revision.root[pdf_name("/OpenAction")] = dictionary(S=pdf_name("/JavaScript"), JS=text("this.print()"))
        revision.update_root()

    return appended(honest(), change)


@way(Kind.HIDDEN)
def a_program_was_there_before_it_was_signed():
    def change(revision):
        revision.root[pdf_name("/OpenAction")] = dictionary(S=pdf_name("/JavaScript"), JS=text("this.print()"))
        revision.update_root()

    return sign(resaved(appended(approved(), change)), PATIENT)


@way(Kind.HIDDEN)
def layers_were_there_before_it_was_signed():
    def change(revision):
        layer = revision.add_object(dictionary(Type=pdf_name("/OCG"), Name=text("Risks")))
        groups = generic.ArrayObject([layer])
        revision.root[pdf_name("/OCProperties")] = dictionary(OCGs=groups, D=dictionary(Order=groups))
        revision.update_root()

    return sign(resaved(appended(approved(), change)), PATIENT)


@way(Kind.CHANGE)
def proof_was_added_that_is_no_signature():
    def change(revision):
        revision.root[pdf_name("/DSS")] = revision.add_object(dictionary(Type=pdf_name("/DSS")))
        revision.update_root()

    return appended(honest(), change)


@way(Kind.CHANGE)
def nothing_was_changed_but_something_was_added():
    def change(revision):
        revision.add_object(dictionary(A=text("x")))

    return appended(honest(), change)


@way(Kind.CHANGE, Kind.UNREADABLE)
def parts_were_taken_out():
    pdf = honest()
    (table,) = re.findall(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf)
    size = max(map(int, re.findall(rb"/Size (\d+)", pdf)))
    root = re.findall(rb"/Root (\d+ \d+ R)", pdf)[-1]
    number = int(re.findall(rb"/V (\d+) 0 R", pdf)[0])
    at = len(pdf)
    row = bytes((0,)) + (0).to_bytes(4, "big") + (1).to_bytes(2, "big")
    own = bytes((1,)) + at.to_bytes(4, "big") + (0).to_bytes(2, "big")
    identifier = re.findall(rb"/ID \[\s*(<[^>]*>|\([^)]*\))", pdf)
    entries = b"/Type/XRef/W[1 4 2]/Size %d/Root %s/Prev %s/Index[%d 1 %d 1]" % (size + 1, root, table, number, size)
    assert identifier is not None
    return pdf + b"%d 0 obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        size, entries, len(row + own), row + own, at
    )  # fmt: skip


# Shadow attacks (Mainka, Mladenov, Rohlmann 2021): what comes to the fore was in the file before it was signed.


def resaved(pdf):
    """`pdf` as one revision, whatever is in it."""
    written = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(written, preserve_pdfa=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()


def prepared():
    """An unsigned consent of one revision in whose bytes another content of page 1 lies, in no table: (file, place, number)."""
    plain = resaved(approved())
    with pikepdf.open(BytesIO(plain)) as opened:
        number = opened.pages[0].obj.Contents[0].objgen[0]
    hidden = b"%d 0 obj\n<</Length 15>>\nstream\n0 0 m 99 99 l S\nendstream\nendobj\n" % number
    table = plain.rindex(b"xref\n", 0, plain.rindex(b"startxref"))
    start = plain.rindex(b"startxref")
    pdf = plain[:table] + hidden + plain[table:start] + b"startxref\n%d\n%%%%EOF\n" % (table + len(hidden))
    return pdf, table, number


@way(Kind.CHANGE, Kind.HIDDEN)
def shadow_hidden_bytes_became_a_page():
    pdf, place, number = prepared()
    signed_ = sign(pdf, PATIENT)
    (table,) = re.findall(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", signed_)
    trailer = signed_[int(table) :]
    size, root = re.findall(rb"/Size (\d+)", trailer)[-1], re.findall(rb"/Root (\d+ \d+ R)", trailer)[-1]
    at = len(signed_)
    row = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %b/Root %b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n"
    return signed_ + row % (number, place, size, root, table, at)


@way(Kind.HIDDEN)
def shadow_parts_lay_ready_that_nothing_shows():
    def change(revision):
        revision.add_object(stream(b"0 0 m 99 99 l S"))

    written = BytesIO()
    plain = appended(approved(), change)
    with pikepdf.open(BytesIO(plain)) as opened:
        opened.save(written, preserve_pdfa=False)
    kept = with_orphan(written.getvalue())
    return sign(kept, PATIENT)


def with_orphan(pdf):
    """`pdf` of one revision with one more object that nothing refers to."""
    plain = resaved(pdf)
    start = plain.rindex(b"startxref")
    table = plain.rindex(b"xref\n", 0, start)
    size = int(re.findall(rb"/Size (\d+)", plain[table:])[-1])
    hidden = b"%d 0 obj\n<</Length 15>>\nstream\n0 0 m 99 99 l S\nendstream\nendobj\n" % size
    rows = plain[table:start].replace(b"xref\n0 %d\n" % size, b"xref\n0 %d\n" % (size + 1), 1)
    rows = rows.replace(b"/Size %d" % size, b"/Size %d" % (size + 1), 1)
    head = rows.index(b"trailer")
    rows = rows[:head] + b"%010d 00000 n \n" % table + rows[head:]
    return plain[:table] + hidden + rows + b"startxref\n%d\n%%%%EOF\n" % (table + len(hidden))


def covered():
    """An unsigned consent with a form XObject that covers a page: what lies under it is seen once it is gone."""

    def change(revision):
        page, ref = page_of(revision)
        cover = stream(
            b"1 g 0 0 612 792 re f", Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 612, 792)
        )
        resources = page["/Resources"]
        resources[pdf_name("/XObject")] = dictionary(Cover=revision.add_object(cover))
        revision.update_container(resources)
        page[pdf_name("/Contents")] = generic.ArrayObject(
            [*page["/Contents"], revision.add_object(stream(b"/Cover Do"))]
        )
        revision.mark_update(ref)

    return resaved(appended(approved(), change))


@way(Kind.CHANGE)
def shadow_a_cover_was_taken_off():
    def change(revision):
        cover = page_of(revision)[0]["/Resources"]["/XObject"].raw_get("/Cover")
        cover.get_object()[pdf_name("/BBox")] = numbers(0, 0, 0, 0)
        revision.mark_update(cover)

    return appended(sign(covered(), PATIENT), change)


@way(Kind.CHANGE)
def shadow_a_field_that_covered_text_was_emptied():
    def change(revision):
        ref, entry = widget_of(revision, "clinician.note")
        entry[pdf_name("/AP")] = dictionary(
            N=revision.add_object(stream(b"", Subtype=pdf_name("/Form"), BBox=numbers(0, 0, 1, 1)))
        )
        revision.mark_update(ref)

    return appended(sign(consent(), PATIENT), change)


@way(Kind.CHANGE)
def shadow_a_new_look_is_made_of_older_parts():
    def change(revision):
        look = widget_of(revision, PATIENT)[1]["/AP"].raw_get("/N")
        ref, entry = widget_of(revision, WITNESS)
        entry[pdf_name("/AP")] = dictionary(N=look)
        revision.mark_update(ref)

    return appended(signed_consent(1), change)


# What is meant to harm whoever reads it.


@way(Kind.UNREADABLE)
def bytes_at_random():
    return bytes(range(256)) * 40


@way(Kind.UNREADABLE)
def nothing_at_all():
    return b""


@way(Kind.UNREADABLE)
def a_table_that_leads_in_circles():
    return b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@way(Kind.UNREADABLE)
def lists_within_lists_without_end():
    body = b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\n"
    rows = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + rows % len(body)


@way(Kind.UNREADABLE)
def a_form_that_stands_in_itself():
    def change(revision):
        form = dictionary(T=text("a"))
        ref = revision.add_object(form)
        form[pdf_name("/Kids")] = generic.ArrayObject([ref])
        revision.root["/AcroForm"]["/Fields"].append(ref)
        revision.update_root()

    return appended(approved(), change)
