"""What is wrong with a translation: faults planted one by one and by the thousand, and the catalogs that have none."""

from __future__ import annotations

import planting
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.po import Entry
from handouts.content.reviews import name_of
from handouts.translate.checks import problems
from handouts.translate.language import Language, _File
from handouts.translate.status import checked

LANGUAGES = planting.known_languages()
EVERY = 8
"""Of the messages of a language one in so many is tried, but for what says no; `pytest -m exhaustive` tries all."""


def said(tag: str, source: str, text: str, **more: object) -> list[tuple[str, str]]:
    """Checks and severities for one translation."""
    known = planting.language(tag)
    return [(each.check, each.severity) for each in problems(Entry(source, (text,), **more), known)]


def test_the_documents_are_translated_into_fifteen_languages():
    assert len(LANGUAGES) >= 15
    assert {"es-US", "fr", "de", "ru", "ar", "fa", "hi", "zh-Hans", "ja", "ko", "vi", "ht", "tl", "pt"} <= {*LANGUAGES}


def test_no_catalog_that_comes_with_the_program_has_a_fault_and_hardly_one_a_warning():
    found = [each for tag in planting.locales().languages for each in checked(planting.locales(), tag)]
    faults = [each for each in found if getattr(each, "problem", None) is None or each.problem.severity == "fault"]
    assert faults == []
    assert len(found) <= 5, [str(each.fault) for each in found]


FOOD = "Eat nothing after %(until)s."
KEEP = "Do not stop any medicine unless we tell you."
CLINIC = "Call the clinic now."
STRONG = "Call <strong>%(phone)s</strong> now."
# Language, source, a clean translation, a wrong one, the check that finds it.
PLANTED = [
    # digits of several scripts
    ("es-US", CLINIC, "Llame a la clínica ahora.", "Llame a la clínica en 5 minutos.", "faithful"),
    ("ar", CLINIC, "اتصل بالعيادة الآن.", "اتصل بالعيادة خلال ٥ دقائق.", "faithful"),
    ("fa", CLINIC, "همین حالا با کلینیک تماس بگیرید.", "تا ۵ دقیقه با کلینیک تماس بگیرید.", "faithful"),
    ("hi", CLINIC, "क्लिनिक को अभी फ़ोन करें।", "क्लिनिक को ५ मिनट में फ़ोन करें।", "faithful"),
    ("ja", CLINIC, "今すぐ当院に電話してください。", "５分で当院に電話してください。", "faithful"),
    ("zh-Hans", CLINIC, "请立即致电诊所。", "请⑤分钟内致电诊所。", "faithful"),
    # number words added, or others than the source has
    ("es-US", "Take it just this time.", "Tómelo solo esta vez.", "Tómelo once veces.", "numbers"),
    ("fr", CLINIC, "Appelez la clinique maintenant.", "Appelez la clinique dans deux minutes.", "numbers"),
    ("de", CLINIC, "Rufen Sie jetzt die Klinik an.", "Rufen Sie in zehn Minuten die Klinik an.", "numbers"),
    ("ru", CLINIC, "Позвоните в клинику сейчас.", "Позвоните в клинику двумя часами позже.", "numbers"),
    ("ar", CLINIC, "اتصل بالعيادة الآن.", "اتصل بالعيادة بعد ثلاث ساعات.", "numbers"),
    ("hi", CLINIC, "क्लिनिक को अभी फ़ोन करें।", "क्लिनिक को दो घंटे में फ़ोन करें।", "numbers"),
    ("ko", CLINIC, "지금 병원에 전화하세요.", "다섯 번 병원에 전화하세요.", "numbers"),
    ("zh-Hans", CLINIC, "请立即致电诊所。", "请两小时后致电诊所。", "numbers"),
    ("tl", CLINIC, "Tawagan ang klinika ngayon.", "Tawagan ang klinika sa dalawang oras.", "numbers"),
    ("vi", CLINIC, "Hãy gọi phòng khám ngay.", "Hãy gọi phòng khám sau hai giờ.", "numbers"),
    ("ht", CLINIC, "Rele klinik la kounye a.", "Rele klinik la nan senk minit.", "numbers"),
    ("pt", "The three risks", "Os três riscos", "Os quatro riscos", "numbers"),
    ("de", "The three risks", "Die drei Risiken", "Die Risiken", "numbers"),
    # a "not" that is lost
    ("es-US", FOOD, "No coma nada después del %(until)s.", "Coma nada después del %(until)s.", "negation"),
    ("es-US", FOOD, "Después del %(until)s, no coma nada.", "Después del %(until)s, coma nada.", "negation"),
    ("es-US", FOOD, "Después del %(until)s, no coma nada.", "Coma después del %(until)s.", "negation"),
    ("fr", "Do not drive.", "Ne conduisez pas.", "Conduisez.", "negation"),
    ("fr", "Do not drive.", "Ne conduisez pas.", "Ne conduisez.", "negation"),
    ("fr", "Today, do not drive.", "Aujourd’hui, ne conduisez pas.", "Aujourd’hui, conduisez pas.", "negation"),
    ("de", "Do not drive.", "Fahren Sie nicht.", "Fahren Sie.", "negation"),
    ("ru", FOOD, "Не ешьте ничего после %(until)s.", "Ешьте всё после %(until)s.", "negation"),
    ("ar", "Do not drive.", "لا تقد السيارة.", "قد السيارة.", "negation"),
    ("fa", FOOD, "بعد از %(until)s هیچ‌چیز نخورید.", "بعد از %(until)s هیچ‌چیز بخورید.", "negation"),
    ("hi", "Do not drive.", "गाड़ी न चलाएँ।", "गाड़ी चलाएँ।", "negation"),
    ("zh-Hans", "Do not drive.", "不要开车。", "要开车。", "negation"),
    ("ja", "Do not drive.", "運転しないでください。", "運転してください。", "negation"),
    ("ko", "Do not drive.", "운전하지 마세요.", "운전하세요.", "negation"),
    ("vi", "Do not drive.", "Đừng lái xe.", "Hãy lái xe.", "negation"),
    ("ht", FOOD, "Apre %(until)s, pa manje anyen.", "Apre %(until)s, manje anyen.", "negation"),
    ("ht", "Nobody answers.", "Pèsonn pa reponn.", "Pèsonn reponn.", "negation"),
    ("tl", "Do not drive.", "Huwag magmaneho.", "Magmaneho.", "negation"),
    ("pt", FOOD, "A partir de %(until)s, não coma nada.", "A partir de %(until)s, coma nada.", "negation"),
    # "unless" that became "if"
    ("es-US", KEEP, "No deje ninguna medicina si no se lo decimos.", "No deje ninguna medicina si se lo decimos.", "negation"),
    ("fr", KEEP, "N’arrêtez aucun médicament sauf si nous le disons.", "N’arrêtez aucun médicament si nous le disons.", "negation"),
    ("de", KEEP, "Setzen Sie kein Medikament ab, außer wenn wir es sagen.", "Setzen Sie kein Medikament ab, wenn wir es sagen.", "negation"),
    ("ru", KEEP, "Не бросайте лекарства, если мы этого не сказали.", "Не бросайте лекарства, если мы это сказали.", "negation"),
    ("hi", KEEP, "जब तक हम न कहें, कोई दवा बंद न करें।", "अगर हम कहें, कोई दवा बंद न करें।", "negation"),
    ("hi", KEEP, "जब तक हम न कहें, कोई दवा बंद न करें।", "जब तक हम न कहें, कोई दवा बंद करें।", "negation"),
    ("ja", KEEP, "指示がない限り、どの薬もやめないでください。", "指示がない限り、どの薬もやめてください。", "negation"),
    ("zh-Hans", KEEP, "除非我们告诉您，否则不要停药。", "如果我们告诉您，不要停药。", "negation"),
    # blanks
    ("fr", STRONG, "Appelez le <strong>%(phone)s</strong> maintenant.", "Appelez le <strong>%(number)s</strong> maintenant.", "faithful"),
    ("vi", STRONG, "Gọi <strong>%(phone)s</strong> ngay.", "Gọi <strong>ngay</strong>.", "faithful"),
    ("ko", STRONG, "지금 <strong>%(phone)s</strong>번으로 전화하세요.", "지금 <strong>%(phone)</strong>번으로 전화하세요.", "faithful"),
    ("pt", STRONG, "Ligue já para <strong>%(phone)s</strong>.", "Ligue já para <strong>%(phone)s</strong> %(phone)s.", "faithful"),
    # markup
    ("tl", STRONG, "Tumawag sa <strong>%(phone)s</strong> ngayon.", "Tumawag sa %(phone)s ngayon.", "faithful"),
    ("de", STRONG, "Rufen Sie jetzt <strong>%(phone)s</strong> an.", "Rufen Sie jetzt </strong>%(phone)s<strong> an.", "markup"),
    ("de", STRONG, "Rufen Sie jetzt <strong>%(phone)s</strong> an.", "Rufen Sie jetzt <strong></strong>%(phone)s an.", "markup"),
    ("ru", STRONG, "Позвоните: <strong>%(phone)s</strong>.", "Позвоните: <b>%(phone)s</b>.", "faithful"),
    # the end
    ("es-US", CLINIC, "Llame a la clínica ahora.", "Llame a la clínica ahora", "ending"),
    ("zh-Hans", CLINIC, "请立即致电诊所。", "请立即致电诊所.", "ending"),
    ("hi", CLINIC, "क्लिनिक को अभी फ़ोन करें।", "क्लिनिक को अभी फ़ोन करें", "ending"),
    ("ar", "Are you well?", "هل أنت بخير؟", "هل أنت بخير?", "ending"),
    ("ja", "Name:", "氏名：", "氏名:", "ending"),
    ("de", "Your visit", "Ihr Termin", "Ihr Termin.", "ending"),
    # letters
    ("es-US", CLINIC, "Llame a la clínica ahora.", "Llame a lа clínica ahora.", "letters"),
    ("ru", CLINIC, "Позвоните в клинику сейчас.", "Пoзвоните в клинику сейчас.", "letters"),
    ("hi", CLINIC, "क्लिनिक को अभी फ़ोन करें।", "क्लिनिक को at once फ़ोन करें।", "letters"),
    ("ar", CLINIC, "اتصل بالعيادة الآن.", "اتصل\u202e بالعيادة الآن.", "direction"),
    ("de", CLINIC, "Rufen Sie jetzt die Klinik an.", "Rufen Sie\u200b jetzt die Klinik an.", "hidden"),
    ("fa", CLINIC, "همین حالا تماس می‌گیرید.", "همین حالا تماس\u200c می‌گیرید.", "hidden"),
    ("ko", CLINIC, "지금 병원에 전화하세요.", "지금 병원에\u3164전화하세요.", "hidden"),
    ("vi", CLINIC, "Hãy gọi phòng khám ngay.", "Ha\u0303y gọi phòng khám ngay.", "nfc"),
    # the rest
    ("fr", CLINIC, "Appelez la clinique maintenant.", CLINIC, "same"),
    ("ht", "<strong>Tell the nurse now</strong>", "<strong>Di enfimyè a kounye a</strong>", "<strong>Tell the nurse now</strong>", "same"),
    ("pt", CLINIC, "Ligue agora para a clínica.", "Ligue agora agora para a clínica.", "doubled"),
    ("ko", CLINIC, "지금 병원에 전화하세요.", "지금 병원에 병원에 전화하세요.", "doubled"),
    ("de", "Write “yes”.", "Schreiben Sie „ja“.", 'Schreiben Sie "ja".', "quotes"),
    ("de", "Write “yes”.", "Schreiben Sie „ja“.", "Schreiben Sie “ja”.", "quotes"),
    ("ru", "Call us (free).", "Позвоните нам (бесплатно).", "Позвоните нам (бесплатно.", "brackets"),
    ("ru", CLINIC, "Позвоните в клинику сейчас.", "Позвоните в клинику сейчас .", "spaces"),
    ("hi", CLINIC, "क्लिनिक को अभी फ़ोन करें।", "क्लिनिक को अभी फ़ोन करें ।", "spaces"),
    ("vi", CLINIC, "Hãy gọi phòng khám ngay.", "Hãy gọi  phòng khám ngay.", "spaces"),
    ("fr", "Your infusion", "Votre perfusion", "Votre infusion", "glossary"),
    ("zh-Hant", "ketamine", "愷他命", "氯胺酮", "glossary"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "source", "clean", "wrong", "check"), PLANTED)
def test_a_planted_fault_is_found_by_its_check_and_the_clean_translation_is_not_flagged(
    tag, source, clean, wrong, check
):
    assert said(tag, source, clean) == []
    assert check in [name for name, severity in said(tag, source, wrong) if severity == "fault"]


@pytest.mark.parametrize(
    ("tag", "source", "text", "told"),
    [
        ("es-US", FOOD, "Coma después del %(until)s.",
         ('"Eat nothing after %(until)s." says no once, and its translation nowhere. Correct it; or, if it is right, add its word to '
         "[negation] in locales/es-US/language.toml.")),
        ("es-US", FOOD, "Después del %(until)s, coma nada.",
         ('"nada" denies only with a word such as "no" before it. Write both; or, if it is right, add the words it stands with to concord '
         "in locales/es-US/language.toml.")),
        ("de", KEEP, "Setzen Sie kein Medikament ab, wenn wir es sagen.",
         (f'"{KEEP}" says "unless", and its translation does not. Correct it; or, if it is right, add its word to [unless] in '
         "locales/de/language.toml.")),
        ("es-US", CLINIC, "Llame once veces a la clínica.", '"once" is the number 11, which the source does not have. A number is a blank; say it without.'),
        ("ar", CLINIC, "اتصل بعیادتك.", 'it has "ی" (U+06CC), which another language writes. Write "ي" (U+064A).'),
        ("fa", CLINIC, "با كلینیک تماس بگیرید.", 'it has "ك" (U+0643), which another language writes. Write "ک" (U+06A9).'),
        ("ru", CLINIC, "Пoзвоните в клинику.", '"Пoзвоните" mixes letters of two scripts. Type the word again in one.'),
        ("zh-Hans", CLINIC, "请立即致电诊所", "it does not end with 。 as the source does with . End it with 。"),
        ("fr", CLINIC, "Appelez la clinique maintenant .", 'a space stands before ".". Take it away.'),
        ("de", CLINIC, "Rufen Sie\u200b an.", "it holds a character that nobody sees (U+200B). Take it out."),
        ("fr", "Your infusion", "Votre infusion", '"infusion" must not stand for "infusion" (locales/fr/language.toml). Write “perfusion”.'),
        ("pt", "Call <strong>now</strong>.", "Ligue </strong>agora<strong>.", "</strong> closes nothing. Write the tags as the source has them."),
        ("ko", STRONG, "지금 <strong>%(phone)</strong>번으로.", "the translation does not have the same blanks. Write each %(name)s as often as the source, and %% for a percent sign."),
    ],
)  # fmt: skip
def test_a_message_tells_what_is_wrong_where_and_what_to_do(tag, source, text, told):
    found = problems(Entry(source, (text,)), planting.language(tag))
    assert told in [f"{each.problem} {each.remedy}" for each in found]


def test_a_fuzzy_translation_is_a_fault_however_right_it_looks():
    assert said("de", CLINIC, "Rufen Sie jetzt die Klinik an.", flags=("fuzzy",)) == [("fuzzy", "fault")]
    assert said("de", CLINIC, "", flags=("fuzzy",)) == []


def test_a_translation_with_plural_forms_is_a_fault():
    entry = Entry(CLINIC, ("a", "b"), plural="Call the clinics now.")
    assert [each.check for each in problems(entry, planting.language("de"))] == ["plural"]


def test_what_is_not_translated_is_not_wrong():
    assert said("de", CLINIC, "") == []
    assert said("de", CLINIC, "  ") == []


@pytest.mark.parametrize(
    ("tag", "source", "text"),
    [
        ("de", "You can drive tomorrow.", "Sie dürfen morgen nicht fahren."),
        ("es-US", "You can drive tomorrow.", "Mañana no puede manejar."),
        ("zh-Hans", "You can drive tomorrow.", "您明天不能开车。"),
        ("ar", "You can drive tomorrow.", "لا يمكنك القيادة غدًا."),
    ],
)
def test_a_not_that_the_source_does_not_have_is_warned_of(tag, source, text):
    assert said(tag, source, text) == [("negation", "warning")]


@pytest.mark.parametrize(
    ("tag", "source", "text"),
    [
        ("de", "You can get too sleepy to wake up.", "Sie können so schläfrig werden, dass Sie nicht aufwachen."),
        ("zh-Hans", "If you drink by mistake, call us.", "如果您不小心喝了，请致电我们。"),
        ("ht", "Name: %(name)s", "Non: %(name)s"),
        ("ja", "What you might feel", "感じるかもしれないこと"),
        ("vi", "Did it last?", "Việc này có kéo dài không?"),
    ],
)
def test_a_not_that_the_language_needs_for_what_the_source_says_without_is_not_warned_of(tag, source, text):
    assert said(tag, source, text) == []


KINDS = ("%(start)s is a date, such as “x”.", "%(end)s is a date, such as “y”.", "%(name)s is a name, such as “z”.")
TURNED = "From %(start)s to %(end)s, for %(name)s"


@pytest.mark.parametrize(
    ("tag", "text", "severity"),
    [
        ("de", "Von %(start)s bis %(end)s, für %(name)s", None),
        ("de", "Von %(end)s bis %(start)s, für %(name)s", "fault"),
        ("de", "Für %(name)s, von %(start)s bis %(end)s", "warning"),
        ("es-US", "Para %(name)s: hasta %(end)s, desde %(start)s", "fault"),
        ("ja", "%(start)sから%(end)sまで、%(name)s", None),
        ("ja", "%(end)sまで、%(start)sから、%(name)s", "fault"),
    ],
)
def test_two_blanks_of_one_kind_that_changed_places_are_a_fault_and_another_order_a_warning(tag, text, severity):
    found = said(tag, TURNED, text, extracted=KINDS)
    assert found == ([("order", severity)] if severity else [])
    assert ("order", "fault") not in said(tag, TURNED, text)  # nothing is known of what they are


def test_blanks_that_a_language_turns_must_be_turned():
    language = Language("ja", _File.model_validate({"order": {"turned": [["start", "end"]]}}))
    entry = Entry(TURNED, ("",), extracted=KINDS)
    for text, wrong in (("%(end)sまで、%(start)sから、%(name)s", False), ("%(start)s、%(end)s、%(name)s", True)):
        assert ("order" in {each.check for each in problems(entry.translated(text), language)}) == wrong


@pytest.mark.parametrize("tag", LANGUAGES)
def test_blanks_of_one_kind_swapped_in_a_catalog_are_found(tag):
    swapped = [(entry, text) for entry in planting.entries(tag) for text in planting.blanks_swapped(entry)]
    assert len(swapped) >= 10
    for entry, text in swapped:
        assert ("order", "fault") in {(each.check, each.severity) for each in planting.found(entry, text, tag)}, text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_any_two_blanks_swapped_in_a_catalog_are_told_of(tag):
    swapped = [(entry, text) for entry in planting.entries(tag) for text in planting.any_blanks_swapped(entry)]
    assert len(swapped) >= 30
    for entry, text in swapped:
        assert "order" in {each.check for each in planting.found(entry, text, tag)}, text


@pytest.mark.parametrize(("tag", "text"), [("hi", "क्लिनिक को now फ़ोन करें।"), ("ru", "Позвоните в клинику now.")])
def test_a_word_left_in_english_is_warned_of_and_one_of_the_glossary_is_not(tag, text):
    assert said(tag, CLINIC, text) == [("letters", "warning")]
    assert said("ru", "off-label use", "применение off-label") == []


def test_a_sentence_that_needs_more_denials_than_the_english_has_is_not_let_pass_without_one():
    source = "Do not run, jump or swim."
    name = name_of(("", source))
    language = Language("de", _File.model_validate({"negation": {"words": ["nicht"]}, "denials": {name: 3}}))
    whole = "Laufen Sie nicht, springen Sie nicht und schwimmen Sie nicht."
    assert list(problems(Entry(source, (whole,)), language)) == []
    (problem,) = problems(Entry(source, (whole.replace("springen Sie nicht", "springen Sie"),)), language)
    assert (problem.check, problem.severity) == ("negation", "fault")
    assert problem.problem == "3 words of negation are expected in it, and it has 2."
    assert name in problem.remedy


@pytest.mark.parametrize("tag", LANGUAGES)
def test_messages_that_a_language_says_with_more_denials_are_messages_of_its_catalogs(tag):
    assert planting.language(tag).file.denials.keys() <= {name_of(entry.key) for entry in planting.entries(tag)}


@pytest.mark.parametrize("what", planting.PLANTS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_of_faults_planted_into_a_catalog_no_fewer_are_found_than_before(what, tag):
    plant, least = planting.PLANTS[what]
    every = 1 if plant in planting.SELDOM else EVERY
    planted, passed = planting.let_pass(tag, plant, every)
    assert planted - len(passed) >= least * planted, passed[:5]


@pytest.mark.parametrize("what", planting.PLANTS)
def test_there_are_many_faults_of_each_kind(what):
    plant, _ = planting.PLANTS[what]
    every = 1 if plant in planting.SELDOM else 20
    assert sum(planting.let_pass(tag, plant, every)[0] for tag in ("es-US", "ru", "ko", "ar")) >= 8


@pytest.mark.exhaustive
@pytest.mark.parametrize("what", planting.PLANTS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_same_with_every_message(what, tag):
    plant, least = planting.PLANTS[what]
    planted, passed = planting.let_pass(tag, plant)
    assert planted - len(passed) >= least * planted, passed[:5]


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from([*LANGUAGES, "am", "th", "ur", "sr", "und", "x"]))
def test_whatever_a_translation_holds_the_checks_say_something_or_nothing(source, text, tag):
    if source.strip():
        for each in problems(Entry(source, (text,)), planting.language(tag) if tag in LANGUAGES else Language(tag)):
            assert each.problem
            assert each.remedy
