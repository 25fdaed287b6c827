"""Charts of the circular in DrawingML: Word, WPS and LibreOffice draw them with the reader's own fonts, and their figures stand
in the file as numbers. Called by `document`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from docx.document import Document

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
WORD_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EMU = 36_000  # of a millimetre
WIDTH, LINE_HEIGHT, BAR_HEIGHT, LEAST_HEIGHT = (
    155,
    75,
    7,
    30,
)  # millimetres: of a chart; of a bar; of what stands around bars
AXIS_FORMAT = "#,##0"
SERIES = (("1F4E5F", "solid"), ("C55A11", "dash"))  # colour and line of each series: told apart in black and white, too


@dataclass(frozen=True)
class Chart:
    """kind: bar (horizontal, the first category on top) or line. series: name and a value for each category, None where there
    is none; number_format: of labels, as Excel writes it.
    """

    kind: str
    title: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    number_format: str


def add_chart(document: "Document", chart: Chart, number: int, description: str) -> None:
    """Put a chart into a paragraph of its own at the document's end. description: its figures in words, for who cannot see it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    package = document.part.package
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE, chart_xml(chart).encode(), package)
    relation = document.part.relate_to(part, RELATION)
    height = LINE_HEIGHT if chart.kind == "line" else LEAST_HEIGHT + BAR_HEIGHT * len(chart.categories)
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run()._r.append(
        parse_xml(
            f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'<wp:inline xmlns:wp="{WORD_DRAWING}" distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{WIDTH * EMU}" cy="{height * EMU}"/>'
            f'<wp:docPr id="{100 + number}" name="{_text(chart.title)}" descr="{_text(description)}"/>'
            f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{CHART}">'
            f'<c:chart xmlns:c="{CHART}" xmlns:r="{RELATIONS}" r:id="{relation}"/>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing>"
        )
    )


def chart_xml(chart: Chart) -> str:
    """The chart part: its figures as literals, without a workbook behind it."""
    is_line = chart.kind == "line"
    body = "".join(_series(chart, at) for at in range(len(chart.series)))
    if is_line:
        plot = f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{body}<c:marker val="1"/>{AXES}</c:lineChart>'
    else:
        plot = (
            f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{body}'
            f'<c:gapWidth val="60"/>{AXES}</c:barChart>'
        )
    # bars are read from the top: the axis of categories is turned, and the figures' axis stays below
    order, across, along = ("minMax", "b", "l") if is_line else ("maxMin", "l", "b")
    legend = '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(chart.series) > 1 else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}">'
        f'<c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1100" b="1"/></a:pPr>'
        f'<a:r><a:rPr sz="1100" b="1"/><a:t>{_text(chart.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        f'<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>{plot}'
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/><c:axPos val="{across}"/>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/><c:crossAx val="2"/></c:catAx>'
        f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="{along}"/>'
        f'<c:numFmt formatCode="{AXIS_FORMAT}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>'
        f'<c:crosses val="{"autoZero" if is_line else "max"}"/></c:valAx></c:plotArea>{legend}'
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>'
    )


AXES = '<c:axId val="1"/><c:axId val="2"/>'


def _series(chart: Chart, at: int) -> str:
    name, values = chart.series[at]
    colour, dash = SERIES[at % len(SERIES)]
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    if chart.kind == "line":
        look = f'<c:spPr><a:ln w="22225">{fill}<a:prstDash val="{dash}"/></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>'
        labels = ""
    else:
        look = f'<c:spPr>{fill}</c:spPr><c:invertIfNegative val="0"/>'
        labels = (
            f'<c:dLbls><c:numFmt formatCode="{_text(chart.number_format)}" sourceLinked="0"/><c:showLegendKey val="0"/>'
            '<c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
            '<c:showBubbleSize val="0"/></c:dLbls>'
        )
    categories = "".join(
        f'<c:pt idx="{place}"><c:v>{_text(one)}</c:v></c:pt>' for place, one in enumerate(chart.categories)
    )
    figures = "".join(
        f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(values) if value is not None
    )
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:v>{_text(name)}</c:v></c:tx>{look}{labels}'
        f'<c:cat><c:strLit><c:ptCount val="{len(chart.categories)}"/>{categories}</c:strLit></c:cat>'
        f'<c:val><c:numLit><c:formatCode>{_text(chart.number_format)}</c:formatCode><c:ptCount val="{len(values)}"/>{figures}'
        f"</c:numLit></c:val></c:ser>"
    )


def _text(text: str) -> str:
    return escape(text, {'"': "&quot;"})
