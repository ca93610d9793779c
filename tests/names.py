"""People's names, one in each script of the twenty languages, to be mixed into all of them."""

NAMES = (
    "Maria Lopez",
    "李小龍",
    "山田 花子",
    "김민수",
    "محمد علي",
    "נועה כהן",
    "प्रिया शर्मा",
    "สมชาย",
    "Нина Ёлкина",
    "አበበ",
    "Ελένη",
)
