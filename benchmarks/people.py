"""The names of people in a large city, by script: a share of the people, given names and family names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """The names written in one script; `share` is how many of ten thousand people have theirs in it."""

    script: str
    share: int
    given: tuple[str, ...]
    family: tuple[str, ...]


NAMES = (
    Names(
        "Latn",
        8900,
        (
            *("Maria", "James", "Aisha", "Liam", "Zoë", "José", "Ana", "Mohammed", "Grace", "Daniel", "Olga", "Kwame"),
            *("Siobhán", "Łukasz", "Thị Hương", "Çağla", "Jean-Baptiste", "Rosa María", "Wei", "Priya", "Björn"),
        ),
        (
            *("Smith", "Lopez", "Rodríguez", "Nguyễn", "O'Brien", "Diallo", "Kowalski", "Chen", "Patel", "García"),
            *(
                "Johnson-Williams",
                "De la Cruz",
                "Şahin",
                "Müller",
                "Núñez Ortega",
                "Okafor",
                "Rossi",
                "Kim",
                "Baptiste",
            ),
        ),
    ),
    Names("Hans", 260, ("伟", "秀英", "小明", "丽华", "国强"), ("王", "李", "张", "刘", "欧阳")),
    Names("Hant", 110, ("志明", "淑芬", "家豪", "雅婷"), ("陳", "林", "黃", "張簡")),
    Names("Cyrl", 240, ("Ольга", "Дмитрий", "Светлана", "Юрій"), ("Иванова", "Кузнецов", "Шевченко", "Петров")),
    Names("Arab", 150, ("محمد", "فاطمة", "يوسف", "زهرا"), ("الحسن", "عبد الرحمن", "حسینی", "قریشی")),
    Names("Hebr", 90, ("שרה", "משה", "רבקה"), ("כהן", "לוי", "פרידמן")),
    Names("Hang", 90, ("민준", "서연", "지우"), ("김", "이", "박")),
    Names("Deva", 60, ("प्रिया", "राजेश", "लक्ष्मी"), ("शर्मा", "पटेल", "श्रीवास्तव")),
    Names("Grek", 40, ("Γιώργος", "Ελένη"), ("Παπαδόπουλος", "Νικολάου")),
    Names("Jpan", 30, ("さくら", "健太", "ユキ"), ("佐藤", "鈴木", "高橋")),
    Names("Thai", 15, ("สมชาย", "กาญจนา"), ("ใจดี", "ศรีสุข")),
    Names("Ethi", 15, ("አበበ", "ሰላም"), ("ተስፋዬ", "ገብረመድህን")),
)
ALL = sum(names.share for names in NAMES)

MEDICINES = (
    ("Metformin", "diabetes_tablet"),
    ("Lisinopril", "blood_pressure"),
    ("Gabapentin", "anticonvulsant"),
    ("Sertraline", "antidepressant"),
    ("Semaglutide", "glp1"),
    ("Ibuprofen", "painkiller"),
    ("Levothyroxine", "thyroid"),
)
"""What people take, with its class."""
