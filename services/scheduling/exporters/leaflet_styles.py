"""How a leaflet looks in a word processor: A4, named styles that a town hall can change in one go.

Written as OpenDocument (ISO/IEC 26300, part 1, chapter 16), by names that LibreOffice lists under
“custom styles”: communes are Heading 1 and begin a page, days Heading 2, venues Heading 3.
"""

from typing import Any

from odfdo import Element, Paragraph

GREEN = "#0f4a41"
_BRICK = "#9c3d22"
_QUIET = "#4d524d"

#: The names of the styles of paragraphs and of parts of them.
TITLE, SUBTITLE, LEAD = "Title", "Subtitle", "Leaflet_20_lead"
ENTRY, TEXT = "Leaflet_20_entry", "Leaflet_20_text"
FACTS, ADDRESS = "Leaflet_20_facts", "Leaflet_20_address"
CONTENTS, CONTENTS_HEADING = "Contents_20_1", "Contents_20_Heading"
TIME, COLUMNS, FOOTER = "Leaflet_20_time", "Leaflet_20_columns", "Footer"

_FONT = "fo:font-family=\"'Liberation Sans', Arial, Helvetica, sans-serif\""


def add_styles(document: Any) -> None:
    """Give a new text document the styles of a leaflet, its page and its foot."""
    document.delete_styles()
    for style in _STYLES:
        document.insert_style(Element.from_tag(style))
    document.insert_style(Element.from_tag(_SECTION), automatic=True)


def set_up_page(document: Any, foot: str) -> None:
    """Set the page to A4, with the number of the page and `foot` at its foot."""
    styles = document.get_part("styles.xml")
    root = styles.root
    for old in root.get_elements("//style:page-layout") + root.get_elements("//style:master-page"):
        old.delete()
    root.get_element("//office:automatic-styles").append(Element.from_tag(_PAGE))
    master = Element.from_tag(_MASTER)
    paragraph = Paragraph(f"{foot} · ", style=FOOTER, formatted=False)
    paragraph.append(Element.from_tag('<text:page-number text:select-page="current"/>'))
    footer = Element.from_tag("style:footer")
    footer.append(paragraph)
    master.append(footer)
    root.get_element("//office:master-styles").append(master)


def _paragraph(
    name: str,
    display: str,
    parent: str,
    paragraph: str,
    text: str,
    *,
    follows: str = "",
    outline: int = 0,
) -> str:
    level = f' style:default-outline-level="{outline}"' if outline else ""
    parent_of = f' style:parent-style-name="{parent}"' if parent else ""
    following = f' style:next-style-name="{follows}"' if follows else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{display}"{parent_of}{following} '
        f'style:family="paragraph"{level}><style:paragraph-properties {paragraph}/>'
        f"<style:text-properties {text}/></style:style>"
    )


_STYLES = (
    '<style:style style:name="Standard" style:family="paragraph" style:class="text">'
    '<style:paragraph-properties fo:orphans="2" fo:widows="2"/>'
    f'<style:text-properties {_FONT} fo:font-size="9.5pt"/></style:style>',
    _paragraph(
        TITLE,
        "Title",
        "Standard",
        'fo:margin-top="4cm" fo:margin-bottom="0.4cm"',
        f'fo:font-size="30pt" fo:font-weight="bold" fo:color="{GREEN}"',
        follows=SUBTITLE,
    ),
    _paragraph(
        SUBTITLE,
        "Subtitle",
        "Standard",
        'fo:margin-bottom="1cm"',
        f'fo:font-size="15pt" fo:color="{_BRICK}"',
    ),
    _paragraph(
        LEAD, "Leaflet lead", "Standard", 'fo:margin-bottom="0.3cm"', f'fo:color="{_QUIET}"'
    ),
    _paragraph(
        "Heading_20_1",
        "Heading 1",
        "Standard",
        'fo:break-before="page" fo:keep-with-next="always" fo:margin-bottom="0.3cm" '
        f'fo:padding-bottom="0.1cm" fo:border-bottom="1.5pt solid {GREEN}"',
        f'fo:font-size="20pt" fo:font-weight="bold" fo:color="{GREEN}"',
        follows=ENTRY,
        outline=1,
    ),
    _paragraph(
        "Heading_20_2",
        "Heading 2",
        "Standard",
        'fo:keep-with-next="always" fo:margin-top="0.5cm" fo:margin-bottom="0.15cm"',
        f'fo:font-size="13pt" fo:font-weight="bold" fo:color="{_BRICK}"',
        follows=ENTRY,
        outline=2,
    ),
    _paragraph(
        "Heading_20_3",
        "Heading 3",
        "Standard",
        'fo:keep-with-next="always" fo:margin-top="0.3cm"',
        f'fo:font-size="11pt" fo:font-weight="bold" fo:color="{GREEN}"',
        follows=ENTRY,
        outline=3,
    ),
    _paragraph(
        ADDRESS,
        "Leaflet address",
        "Standard",
        'fo:keep-with-next="always" fo:margin-bottom="0.1cm"',
        f'fo:font-size="8.5pt" fo:color="{_QUIET}"',
    ),
    _paragraph(
        ENTRY,
        "Leaflet entry",
        "Standard",
        'fo:keep-with-next="always" fo:margin-top="0.18cm"',
        'fo:font-weight="bold"',
        follows=TEXT,
    ),
    _paragraph(
        TEXT,
        "Leaflet text",
        "Standard",
        'fo:keep-with-next="always"',
        'fo:font-size="9pt"',
        follows=FACTS,
    ),
    _paragraph(
        FACTS,
        "Leaflet facts",
        "Standard",
        'fo:keep-together="always"',
        f'fo:font-size="8.5pt" fo:font-style="italic" fo:color="{_QUIET}"',
        follows=ENTRY,
    ),
    _paragraph(
        CONTENTS_HEADING,
        "Contents Heading",
        "Standard",
        'fo:margin-top="0.6cm" fo:margin-bottom="0.2cm"',
        f'fo:font-size="13pt" fo:font-weight="bold" fo:color="{GREEN}"',
    ),
    f'<style:style style:name="{CONTENTS}" style:display-name="Contents 1" '
    'style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties>'
    '<style:tab-stops><style:tab-stop style:position="8.1cm" style:type="right" '
    'style:leader-style="dotted" style:leader-text="."/></style:tab-stops>'
    "</style:paragraph-properties></style:style>",
    _paragraph(
        FOOTER,
        "Footer",
        "Standard",
        'fo:text-align="end"',
        f'fo:font-size="8pt" fo:color="{_QUIET}"',
    ),
    f'<style:style style:name="{TIME}" style:display-name="Leaflet time" style:family="text">'
    f'<style:text-properties fo:color="{_BRICK}" fo:font-weight="bold"/></style:style>',
)

_SECTION = (
    f'<style:style style:name="{COLUMNS}" style:family="section"><style:section-properties '
    'text:dont-balance-text-columns="false"><style:columns fo:column-count="2" '
    'fo:column-gap="0.8cm"><style:column style:rel-width="1*" fo:start-indent="0cm" '
    'fo:end-indent="0.4cm"/><style:column style:rel-width="1*" fo:start-indent="0.4cm" '
    'fo:end-indent="0cm"/></style:columns></style:section-properties></style:style>'
)

_PAGE = (
    '<style:page-layout style:name="Leaflet_20_page"><style:page-layout-properties '
    'fo:page-width="21cm" fo:page-height="29.7cm" style:print-orientation="portrait" '
    'fo:margin-top="1.8cm" fo:margin-bottom="1.4cm" fo:margin-left="2cm" fo:margin-right="2cm"/>'
    '<style:footer-style><style:header-footer-properties fo:min-height="0.8cm" '
    'fo:margin-top="0.3cm"/></style:footer-style></style:page-layout>'
)
_MASTER = '<style:master-page style:name="Standard" style:page-layout-name="Leaflet_20_page"/>'
