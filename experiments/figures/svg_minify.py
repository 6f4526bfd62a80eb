"""Reduce SVG figures for a page to a fifth of their bytes.

Styles are moved to one style sheet of the page, coordinates are rounded to a tenth of a point and made relative, and
groups without attributes are removed.
"""

import base64
import io
import re
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import Element, fromstring

import numpy as np
from PIL import Image

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
XLINK_HREF = f"{XLINK}href"
PATH_STEP = re.compile(r"([MLCQz])([^MLCQz]*)")
NO_ROTATION = re.compile(r"^rotate\(-?0 ")
REFERENCE = re.compile(r"#([\w-]+)")
PNG_PREFIX = "data:image/png;base64,"
MAX_COLOURS = 256
COORDINATES = ("x", "y", "width", "height")


@dataclass
class Styles:
    """Short names of the styles of all figures of a page, and of elements that are referenced by id."""

    names: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    def name(self, style: str) -> str:
        """Return the name of a style."""
        return self.names.setdefault(compact_style(style), f"f{len(self.names)}")

    def part(self, name: str) -> str:
        """Return the short name of an element that is referenced by id."""
        return self.parts.setdefault(name, f"p{len(self.parts)}")

    @property
    def css(self) -> str:
        """The styles as a style sheet."""
        return "\n".join(f".{name}{{{style}}}" for style, name in self.names.items())


def compact_style(style: str) -> str:
    """Return a style without spaces, with the page's typeface.

    >>> compact_style("font: 700 8.5px 'DejaVu Sans', sans-serif; text-anchor: middle")
    'font:700 8.5px sans-serif;text-anchor:middle'
    """
    style = re.sub(r"font: ((?:\d+ )?[\d.]+px)[^;]*", r"font:\1 sans-serif", style)
    style = re.sub(r"font-family: [^;]*", "font-family:sans-serif", style)
    return re.sub(r"\s*([;:])\s*", r"\1", style).strip("; ")


def minify_svg(svg: str, styles: Styles, texts: dict[str, str]) -> str:
    """Return a minified SVG; ``texts`` are the translations of its texts to the other language."""
    root = fromstring(svg)
    stated = [pair for one in root.iter() for pair in one.attrib.items()]
    used = set(
        REFERENCE.findall(" ".join(value for key, value in stated if key == XLINK_HREF or value.startswith("url(")))
    )
    _, _, width, height = root.attrib["viewBox"].split()
    inner = "".join(minify_element(child, used, styles, texts) for child in root)
    return f'<svg viewBox="0 0 {round_tenth(float(width))} {round_tenth(float(height))}" role="img">{inner}</svg>'


def minify_element(element: Element, used: set[str], styles: Styles, texts: dict[str, str]) -> str:
    """Return an element with its children; translated texts are included in both languages."""
    tag = element.tag.removeprefix(SVG)
    if tag in ("metadata", "style") or not element.tag.startswith(SVG):
        return ""
    attributes = dict(minify_attributes(element, tag, used, styles))
    text = element.text if element.text and tag in ("text", "tspan") else ""
    inner, other = escape(text, quote=False), escape(texts.get(text, text), quote=False)
    if other != inner:
        inner = f'<tspan lang="es">{inner}</tspan><tspan lang="en">{other}</tspan>'
    inner += "".join(minify_element(child, used, styles, texts) for child in element)
    if tag in ("g", "defs") and (not inner or (not attributes and tag == "g")):
        return inner
    opening = " ".join([tag, *(f'{key}="{escape(value)}"' for key, value in attributes.items())])
    return f"<{opening}>{inner}</{tag}>" if inner else f"<{opening}/>"


def minify_attributes(element: Element, tag: str, used: set[str], styles: Styles) -> list[tuple[str, str]]:
    """Return the attributes of an element that affect the drawing, minified."""
    found = []
    for key, value in element.attrib.items():
        name = key.replace(XLINK, "")
        if name == "style":
            found.append(("class", styles.name(value)))
        elif name == "d":
            found.append(("d", relative_path(value)))
        elif name in COORDINATES and tag != "image":
            found.append((name, round_tenth(float(value))))
        elif name == "id":
            found += [(name, styles.part(value))] if value in used else []
        elif value.startswith(PNG_PREFIX):
            found.append((name, PNG_PREFIX + reduce_palette(value.removeprefix(PNG_PREFIX))))
        elif name == "transform" and NO_ROTATION.match(value):
            continue
        elif value.startswith(("#", "url(")):
            found.append((name, REFERENCE.sub(lambda match: f"#{styles.part(match[1])}", value)))
        else:
            found.append((name, value))
    return found


def reduce_palette(encoded: str) -> str:
    """Return a PNG (base 64) with a palette, or unchanged if it has more than `MAX_COLOURS` colours."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))
    colours, places = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > MAX_COLOURS:
        return encoded
    small = Image.fromarray(places.reshape(pixels.shape[:2]).astype(np.uint8))
    small.putpalette(colours.tobytes(), "RGBA")
    sink = io.BytesIO()
    small.save(sink, "PNG", optimize=True)
    return base64.b64encode(sink.getvalue()).decode()


def round_tenth(value: float) -> str:
    """Return a number rounded to a tenth, in the shortest form.

    >>> round_tenth(12.04), round_tenth(-0.26), round_tenth(3.96)
    ('12', '-.3', '4')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else re.sub(r"^(-?)0\.", r"\1.", text)


def relative_path(path: str) -> str:
    """Return a path in relative coordinates.

    >>> relative_path("M 10 20 L 15.04 20 L 15.04 18.5 z ")
    'm10 20l5 0 0-1.5z'
    """
    stated, last, start, said = "", (0, 0), (0, 0), ""
    for verb, digits in PATH_STEP.findall(path):
        numbers = [round(float(one) * 10) for one in digits.split()]
        steps = [value - last[k % 2] for k, value in enumerate(numbers)]
        text = "".join(with_blank(round_tenth(step / 10), k) for k, step in enumerate(steps))
        stated += with_blank(text, 1) if verb == said and verb in "LCQ" else verb.lower() + text
        last, said = start if verb == "z" else (numbers[-2], numbers[-1]), verb
        start = last if verb == "M" else start
    return stated


def with_blank(text: str, place: int) -> str:
    """Return a number preceded by a space if one is needed to separate it."""
    return text if place == 0 or text.startswith("-") else f" {text}"
