"""What a file says of itself: title, language, the standards it keeps; nothing of the patient, and no time."""

from __future__ import annotations

from html import escape

from handouts import __version__
from handouts.memory import remembered
from handouts.pdf.colours import srgb_profile
from handouts.pdf.file import TIGHT, File, stream, text_string

_CREATOR = "Handouts"
_PRODUCER = f"Handouts {__version__}"
# PDF/A knows no schema of PDF/UA: it is described in the packet itself (ISO 19005-2 §6.6.2.3.3, ISO 14289-1 §5).
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li><rdf:li xml:lang="{language}">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
{level}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
_ARCHIVAL = "<pdfaid:conformance>B</pdfaid:conformance>"
_ACCESSIBLE = """<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>"""


def information(title: str) -> str:
    """The information dictionary (ISO 32000-1 §14.3.3), the same in word as the metadata."""
    return f"<</Title {text_string(title)}/Creator {text_string(_CREATOR)}/Producer {text_string(_PRODUCER)}>>"


def xmp(title: str, language: str, level: str) -> bytes:
    """The metadata stream's content (ISO 19005-2 §6.6, ISO 14289-1 §5 and §7.1)."""
    said = {"title": title, "language": language, "creator": _CREATOR, "producer": _PRODUCER}
    told = {key: escape(value, quote=False).replace('"', "&quot;") for key, value in said.items()}
    return _XMP.format_map({**told, "level": level}).encode()


def catalog_entries(file: File, title: str, language: str) -> str:
    """The catalog's entries for a file that keeps to PDF/UA-1 and PDF/A-2a: readers show the title, not the file's name."""
    return f"{_entries(file, title, language, _ACCESSIBLE)}/MarkInfo<</Marked true>>"


def archival_entries(file: File, title: str, language: str, preferences: str = "") -> str:
    """The catalog's entries for a file that keeps to PDF/A-2b and has no structure; `preferences` are more of those for readers."""
    return _entries(file, title, language, _ARCHIVAL, preferences)


def printing(*, two_sided: bool) -> str:
    """The preferences of a file for a printer (ISO 32000-1 §12.2): its pages as large as they are, turned at the long edge or one-sided."""
    return f"/PrintScaling/None/Duplex/{'DuplexFlipLongEdge' if two_sided else 'Simplex'}"


def _entries(file: File, title: str, language: str, level: str, preferences: str = "") -> str:
    """Title, language and colours, what the file keeps to, and what readers should do with it."""
    metadata = file.add_stream(_metadata(title, language, level))
    profile = file.add_stream(_profile())
    intent = f"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>"
    return (
        f"/Lang {text_string(language)}/Metadata {metadata} 0 R/OutputIntents[{intent}]"
        f"/ViewerPreferences<</DisplayDocTitle true{preferences}>>"
    )


@remembered(64)
def _metadata(title: str, language: str, level: str) -> bytes:
    return stream("/Type/Metadata/Subtype/XML", xmp(title, language, level), packed=False)


@remembered(1)
def _profile() -> bytes:
    return stream("/N 3", srgb_profile(), level=TIGHT)
