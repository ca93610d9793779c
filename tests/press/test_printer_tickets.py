"""What is asked of printers for a run: every page once and in order, sets stapled and on their paper as far as the printer can."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from press.run_folders import PACKET, print_file
from pypdfium2 import PdfDocument

from handouts.errors import Fault, NotPrinted, SettingError, UnreadableInput, WrongUsage
from handouts.press.ipp import Attribute, Pages, answer_of, collection, enum, integer, keyword, text
from handouts.press.jobs import jobs, released
from handouts.press.printer import Printer, printer_at, printers, queue_uri
from handouts.press.run_folder import FinishedRun, run_in
from handouts.press.sending import arrived, sending
from handouts.press.ticket import tickets_for
from handouts.printing import Media, PressSettings

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
LETTER, A4 = "na_letter_8.5x11in", "iso_a4_210x297mm"
OVERRIDES = ("pages", "finishings", "media-col", "document-numbers")
_USUAL = PressSettings()
LETTERHEAD = PressSettings(media={"consent": Media(type="stationery-letterhead", source="tray-2")})
SIDES = ["one-sided", "two-sided-long-edge", "two-sided-short-edge"]
CAN = {
    "printer-name": "press",
    "sides-supported": SIDES,
    "media-supported": [LETTER, A4],
    "finishings-supported": [3, 4, 20, 22],
    "page-ranges-supported": True,
    "media-type-supported": ["stationery", "stationery-letterhead"],
    "media-source-supported": ["main", "tray-2"],
    "media-color-supported": "white",
    "print-color-mode-supported": ["color", "monochrome"],
    "print-scaling-supported": ["auto", "none"],
}


def printer(**more):
    return Printer(
        "ipp://press/ipp/print", {**CAN, **{name.replace("_", "-"): _plain(value) for name, value in more.items()}}
    )


def _plain(value):
    return list(value) if isinstance(value, tuple) else value


def a_run(*files, two_sided=True, **more):
    told = [
        print_file(f"print-{n:04}.pdf", sets, two_sided=two_sided, draw=False)[0]
        for n, sets in enumerate(files or (PACKET,), 1)
    ]
    return FinishedRun.model_validate({"paper": "letter", "two_sided": two_sided, "print_files": told, **more})


def tickets(run=None, settings=_USUAL, at=None):
    run = run or a_run()
    return tickets_for(run, run.print_files[0], settings, at or printer())


def told(ticket):
    return {attribute.name: attribute.json() for attribute in ticket.attributes}


def test_what_is_asked_of_every_run():
    (ticket,) = tickets(settings=PressSettings(staple=False)).jobs
    assert told(ticket) == {
        "copies": 1,
        "sides": "two-sided-long-edge",
        "print-scaling": "none",
        "media": LETTER,
    }
    assert ticket.words == ("letter, on two sides",)
    assert (ticket.title, ticket.pages, ticket.sheets) == ("handouts print-0001.pdf", None, 6)


@pytest.mark.parametrize(
    ("two_sided", "up", "sides"),
    [
        (True, 1, "two-sided-long-edge"),
        (True, 2, "two-sided-short-edge"),
        (True, 4, "two-sided-long-edge"),
        (False, 1, "one-sided"),
        (False, 2, "one-sided"),
    ],
)
def test_sheets_turn_as_their_pages_are_read(two_sided, up, sides):
    (ticket,) = tickets(a_run(two_sided=two_sided, up=up), PressSettings(staple=False)).jobs
    assert told(ticket)["sides"] == sides


def test_sets_of_several_sheets_are_stapled_where_lines_of_their_language_begin():
    sets = (("separator", "en", 1), ("consent", "en", 3), ("consent", "ar", 4), ("consent", "en", 2))
    (ticket,) = tickets(a_run(sets), at=printer(overrides_supported=OVERRIDES)).jobs
    assert told(ticket)["overrides"] == [{"pages": "3-6", "finishings": 20}, {"pages": "7-10", "finishings": 22}]
    assert ticket.words[1:] == ("pages 3-6 stapled at the top left", "pages 7-10 stapled at the top right")


@pytest.mark.parametrize(
    ("supported", "english", "arabic", "remark"),
    [
        ([3, 4, 20, 22], 20, 22, None),
        ([3, 4, 20], 20, 4, None),
        ([3, 4], 4, 4, None),
        (4, 4, 4, None),
        ([3, 20], 20, 20, "cannot staple where lines of ar begin"),
        ([3, 22], 22, 22, "cannot staple where lines of en begin"),
        ([3, 5], None, None, "does not staple: staple the sets by hand"),
        (3, None, None, "does not staple: staple the sets by hand"),
        ("<<no-value>>", None, None, "does not staple: staple the sets by hand"),
    ],
)
def test_printers_that_staple_elsewhere_staple_there_and_it_is_said(supported, english, arabic, remark):
    for language, staple in (("en", english), ("ar", arabic)):
        run = a_run((("consent", language, 4),))
        result = tickets(run, at=printer(finishings_supported=supported))
        assert told(result.jobs[0]).get("finishings") == staple
        if remark and (f"of {language} " in remark or "by hand" in remark):
            assert remark in " ".join(result.remarks)
        elif staple in (20, 22, 4):
            assert language not in " ".join(result.remarks) or remark


def test_nothing_is_stapled_where_the_clinic_does_not_want_it():
    result = tickets(settings=PressSettings(staple=False), at=printer(overrides_supported=OVERRIDES))
    assert [told(each).get("overrides") for each in result.jobs] == [None]
    assert result.remarks == ()


def test_part_of_a_set_that_is_printed_again_is_not_stapled():
    run = a_run()
    file = run.print_files[0]
    part = file.model_copy(update={"sets": tuple(each.model_copy(update={"part": True}) for each in file.sets)})
    assert len(tickets_for(run, part, PressSettings(), printer()).jobs) == 1


def test_each_stapled_set_is_a_job_of_its_own_where_there_are_no_overrides():
    result = tickets(a_run(PACKET + PACKET))
    assert [(str(each.pages), told(each).get("finishings"), each.sheets) for each in result.jobs] == [
        ("1-2", None, 1),
        ("3-6", 20, 2),
        ("7-10", 20, 2),
        ("11-14", None, 2),  # the last set of the first packet and the separator of the second, a sheet each
        ("15-18", 20, 2),
        ("19-22", 20, 2),
        ("23-24", None, 1),
    ]
    assert [told(each)["page-ranges"] for each in result.jobs] == [str(each.pages) for each in result.jobs]
    assert result.jobs[1].title == "handouts print-0001.pdf pages 3-6"


def test_documents_stand_on_their_paper_by_overrides():
    at = printer(overrides_supported=OVERRIDES)
    (ticket,) = tickets(settings=LETTERHEAD.model_copy(update={"staple": False}), at=at).jobs
    media = {
        "media-size": {"x-dimension": 21590, "y-dimension": 27940},
        "media-type": "stationery-letterhead",
        "media-source": "tray-2",
    }
    assert told(ticket)["overrides"] == {"pages": "7-10", "media-col": media}
    assert told(ticket)["media"] == LETTER
    assert ticket.words[1] == "pages 7-10 on paper of type stationery-letterhead, tray tray-2"


def test_documents_stand_on_their_paper_by_jobs():
    result = tickets(settings=LETTERHEAD.model_copy(update={"staple": False}))
    assert [(str(each.pages), "media-col" in told(each), "media" in told(each)) for each in result.jobs] == [
        ("1-6", False, True),
        ("7-10", True, False),
        ("11-12", False, True),
    ]


@pytest.mark.parametrize("members", [("pages", "media-col"), ("pages", "finishings"), ("finishings", "media-col"), ()])
def test_overrides_are_used_only_where_the_printer_takes_all_that_is_wanted(members):
    result = tickets(settings=LETTERHEAD, at=printer(overrides_supported=list(members) or "<<no-value>>"))
    assert [str(each.pages) for each in result.jobs] == ["1-2", "3-6", "7-10", "11-12"]


def test_paper_that_the_printer_does_not_have_is_said_and_replaced():
    wanted = PressSettings(staple=False, media={"consent": Media(type="cardstock", colour="yellow", source="tray-2")})
    result = tickets(settings=wanted)
    assert len(result.jobs) == 1
    (remark,) = result.remarks
    assert "no paper for consent" in remark
    assert "type cardstock (it has stationery, stationery-letterhead)" in remark
    assert "color yellow (it has white)" in remark
    assert "tray-2" not in remark


def test_a_printer_that_can_tell_no_sets_apart_gets_the_file_whole_and_it_is_said():
    result = tickets(settings=LETTERHEAD, at=printer(page_ranges_supported=False))
    (ticket,) = result.jobs
    assert ticket.pages is None
    assert {"finishings", "media-col", "page-ranges", "overrides"}.isdisjoint(told(ticket))
    assert any("nothing is stapled" in remark for remark in result.remarks)


def test_a_raw_queue_gets_the_file_whole_and_it_is_said():
    raw = Printer("ipp://x/printers/raw", {"finishings-supported": 3, "page-ranges-supported": True})
    result = tickets(settings=LETTERHEAD, at=raw)
    assert [each.pages for each in result.jobs] == [None]
    assert any("may be raw" in remark for remark in result.remarks)
    assert any("does not staple" in remark for remark in result.remarks)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"media_supported": A4}, "it has no letter paper"),
        ({"sides_supported": "one-sided"}, "it does not print on two sides"),
        ({"media_supported": A4, "sides_supported": "one-sided"}, "(?s)letter paper.*two sides"),
    ],
)
def test_pages_are_not_printed_on_other_paper_or_sides_than_they_were_made_for(more, said):
    with pytest.raises(NotPrinted, match=said):
        tickets(at=printer(**more))


def test_reduced_ink_is_black_and_white():
    (ticket,) = tickets(settings=PressSettings(staple=False, reduced_ink=True)).jobs
    assert told(ticket)["print-color-mode"] == "monochrome"
    assert "black and white" in ticket.words


@pytest.mark.parametrize("value", ["tray 2", 'tray"2', "tray$2", "tray,2", "tray{2", "é"])
def test_paper_that_has_no_name_of_paper_is_a_fault_of_the_clinic(value):
    with pytest.raises(SettingError, match=r"press\.media\.consent\.source"):
        tickets(settings=PressSettings(media={"consent": Media(source=value)}))


_KINDS = st.sampled_from(["separator", "consent", "preparation"])
_SETS = st.lists(st.tuples(_KINDS, st.sampled_from(["en", "ar", "es-US"]), st.integers(1, 9)), min_size=1, max_size=30)


@given(
    _SETS,
    st.booleans(),
    st.sampled_from([[3], [3, 4], [3, 20], [3, 20, 22]]),
    st.sampled_from([(), ("pages",), ("pages", "media-col"), OVERRIDES]),
    st.sampled_from([{}, {"consent": Media(type="stationery-letterhead")}, {"separator": Media(source="tray-2")}]),
)
def test_every_page_is_in_one_job_in_order_and_every_set_is_treated_as_one(
    sets, two_sided, finishings, overrides, media
):
    run = a_run(tuple(sets), two_sided=two_sided)
    file = run.print_files[0]
    at = printer(finishings_supported=finishings, overrides_supported=list(overrides) or "<<no-value>>")
    result = tickets_for(run, file, PressSettings(media=media), at)
    ranges = [each.pages or Pages(1, file.pages) for each in result.jobs]
    assert ranges[0].first == 1
    assert ranges[-1].last == file.pages
    assert all(then.first == before.last + 1 for before, then in pairwise(ranges))
    assert sum(each.sheets for each in result.jobs) == file.sheets
    alone = {
        (each.first, each.last)
        for each, ticket in zip(ranges, result.jobs, strict=True)
        if "finishings" in told(ticket)
    }
    for each in file.sets:
        stapled = each.last_sheet > each.first_sheet and finishings != [3]
        members = next((a for t in result.jobs for a in t.attributes if a.name == "overrides"), None)
        mine = [
            m for m in (members.values if members else ()) if m[0].values[0] == Pages(each.first_page, each.last_page)
        ]
        in_overrides = any(attribute.name == "finishings" for member in mine for attribute in member)
        assert stapled == (in_overrides or (each.first_page, each.last_page) in alone)


def test_no_page_behind_a_set_is_lost():
    run = a_run(two_sided=True)
    file = run.print_files[0]
    # a blank back that is counted to no set, as several pages on a side leave them
    shorter = file.model_copy(
        update={"sets": tuple(e.model_copy(update={"last_page": e.last_page - 1}) for e in file.sets)}
    )
    result = tickets_for(run, shorter, PressSettings(), printer())
    assert [str(each.pages) for each in result.jobs] == ["1-2", "3-6", "7-10", "11-12"]


@pytest.mark.parametrize("value", ['a"b', "a$b", "a\nb", "a{b", "a,b", "a\\b", "", "x" * 300])
def test_no_value_can_change_the_request_around_it(value):
    with pytest.raises(ValueError, match="not to be written"):
        answer_of("ipp://localhost:1/x", "Get-Jobs", [text("job-name", value)])


def test_pages_count_from_one():
    for first, last in ((0, 1), (2, 1), (-1, 5)):
        with pytest.raises(ValueError, match="no pages"):
            Pages(first, last)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"paper": "legal"}, "paper"),
        ({"print_files": [{}]}, "print_files"),
        ({"up": "x"}, "up"),
    ],
)
def test_a_manifest_that_is_none_is_not_sent(run_folder, change, said):
    with pytest.raises(UnreadableInput, match=said):
        run_in(run_folder(**change))


@pytest.mark.parametrize("name", ["../x.pdf", "/etc/passwd", "a/b.pdf", "x.pdf\n", ".pdf", "a b.pdf"])
def test_a_manifest_cannot_name_a_file_elsewhere(run_folder, name):
    told, _ = print_file("print-0001.pdf", PACKET)
    with pytest.raises(UnreadableInput, match="file"):
        run_in(run_folder(print_files=[{**told, "file": name}]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sets: sets.reverse(),
        lambda sets: sets.pop(0),
        lambda sets: sets.append(sets[-1]),
        lambda sets: sets[1].update(first_page=2),
        lambda sets: sets[1].update(last_page=1),
        lambda sets: sets[-1].update(last_page=99),
        lambda sets: sets[-1].update(last_sheet=99),
        lambda sets: sets.clear(),
    ],
)
def test_sets_that_do_not_make_up_their_file_are_a_fault(run_folder, spoil):
    told, _ = print_file("print-0001.pdf", PACKET)
    spoil(told["sets"])
    with pytest.raises(UnreadableInput, match=r"manifest.json"):
        run_in(run_folder(print_files=[told]))


def test_no_manifest_and_encrypted_runs_are_not_sent(tmp_path, run_folder):
    with pytest.raises(UnreadableInput, match="cannot be read"):
        run_in(tmp_path)
    with pytest.raises(WrongUsage, match="encrypted"):
        run_in(run_folder(encrypted=True))


def test_the_printer_gets_sets_and_papers_as_overrides(cups, run_folder):
    folder, device = run_folder(), cups.device(overrides=OVERRIDES)
    (done,) = arrived(sending(folder, [], printer_at(device.uri), LETTERHEAD), NOW)
    assert device.wait(1) == [(folder / "print-0001.pdf").read_bytes()]
    (got,) = _jobs_at(device.uri)
    assert got["sides"] == "two-sided-long-edge"
    assert got["overrides"] == [
        {"pages": {"lower": 3, "upper": 6}, "finishings": 20},
        {
            "pages": {"lower": 7, "upper": 10},
            "finishings": 20,
            "media-col": {
                "media-size": {"x-dimension": 21590, "y-dimension": 27940},
                "media-type": "stationery-letterhead",
                "media-source": "tray-2",
            },
        },
    ]
    assert len(done.jobs) == 1


def test_cups_cuts_sets_out_of_the_file_for_a_printer_without_overrides(cups, run_folder):
    folder, device = run_folder(), cups.device()
    queue = _queue(cups, device)
    (done,) = arrived(sending(folder, [], queue, LETTERHEAD, hold=True), NOW)
    assert [job.told for job in jobs(queue)] == ["held"] * 4
    assert device.arrived() == []
    released(queue, done.jobs)
    got = device.wait(4)
    assert [_pages(each) for each in got] == [[1, 2], [3, 4, 5, 6], [7, 8, 9, 10], [11, 12]]
    asked_for = _jobs_at(device.uri)
    assert [each.get("finishings", 3) for each in asked_for] == [3, 20, 20, 3]
    assert [each["sides"] for each in asked_for] == ["two-sided-long-edge"] * 4
    assert [each["media-col"].get("media-type") for each in asked_for][2] == "stationery-letterhead"
    assert [each["media-col"].get("media-source") for each in asked_for][2] == "tray-2"
    assert all(each["media-col"].get("media-source") != "tray-2" for each in (asked_for[0], asked_for[1], asked_for[3]))


def test_jobs_of_one_file_are_let_go_only_when_all_are_there(cups, run_folder, monkeypatch):
    folder, device = run_folder((("consent", "en", 4), ("side-effects", "en", 3))), cups.device()
    queue = _queue(cups, device)
    seen, numbers = [], []

    def watched(printer, number, document):
        given_(printer, number, document)
        seen.append({job.told for job in jobs(printer)})
        numbers.append(number)
        if len(numbers) == 2:
            raise NotPrinted(Fault("the printer", "is gone."))

    from handouts.press import sending as module  # noqa: PLC0415

    given_ = module.given
    monkeypatch.setattr(module, "given", watched)
    with pytest.raises(NotPrinted, match="none of it is printed"):
        list(arrived(sending(folder, [], queue, PressSettings()), NOW))
    assert seen == [{"held"}] * 2
    assert [job.told for job in jobs(queue)] == ["canceled"] * 2
    monkeypatch.undo()
    (done,) = arrived(sending(folder, [], queue, PressSettings()), NOW)
    assert [_pages(each)[0] for each in device.wait(2)] == [1, 5]
    assert len(done.jobs) == 2


def _queue(cups, device):
    """A queue before `device`, once CUPS has asked that what it can."""
    from threading import Event  # noqa: PLC0415

    name = cups.queue(device.uri, model="everywhere")
    for _ in range(300):
        found = printer_at(queue_uri(name, cups.address))
        if found.staples:
            return found
        Event().wait(0.02)
    raise AssertionError(printers(cups.address))


def _jobs_at(uri):
    """The jobs of a printer, in order, with all that was asked for them."""
    asks = [keyword("which-jobs", "all"), keyword("requested-attributes", "all")]
    groups = [group for group in answer_of(uri, "Get-Jobs", asks).groups if "job-id" in group]
    return sorted(groups, key=lambda group: group["job-id"])


def _pages(pdf):
    """The numbers that its pages say."""
    document = PdfDocument(BytesIO(pdf))
    return [int(page.get_textpage().get_text_bounded().split()[1]) for page in document]


def test_attributes_are_told_as_json():
    size = collection("media-size", [integer("x-dimension", 1)])
    assert collection("media-col", [size, keyword("media-type", "a")]).json() == {
        "media-size": {"x-dimension": 1},
        "media-type": "a",
    }
    assert Attribute("pages", "rangeOfInteger", (Pages(1, 1), Pages(2, 4))).json() == ["1", "2-4"]
    assert enum("finishings", 20).json() == 20
