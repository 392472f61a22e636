# SPDX-License-Identifier: Apache-2.0
"""Draws a captured terminal screen, escape sequences and all, as a PNG on a grid of cells.

    draw.py SCREEN PICTURE COLUMNS ROWS
"""
import re
import sys

import pyte
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
SIZE, MARGIN = 17, 10
INK, PAPER = "#d8e9ff", "#14171c"
NAMED = {
    "black": "#20242b", "red": "#c76334", "green": "#69ffa9", "brown": "#f8cb22", "yellow": "#f8cb22", "blue": "#6f8dff",
    "magenta": "#c79bff", "cyan": "#7fd7e0", "white": "#d8e9ff",
}
# Eighths of a cell from the left, and from the bottom.
LEFT = {character: eighths for eighths, character in enumerate(" ▏▎▍▌▋▊▉█")}
LOW = {character: eighths for eighths, character in enumerate(" ▁▂▃▄▅▆▇█")}


def colour(name, default):
    if name == "default":
        return default
    return NAMED.get(name.removeprefix("bright"), f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else default)


def dimmed(ink, paper):
    parts = [(int(ink[i : i + 2], 16) * 6 + int(paper[i : i + 2], 16) * 4) // 10 for i in (1, 3, 5)]
    return "#%02x%02x%02x" % tuple(parts)


def main(source, picture, columns, rows):
    screen = pyte.Screen(columns, rows)
    # pyte drops dim; italics, which we never draw, carry it through.
    text = re.sub(r"\x1b\[([\d;]*)m", lambda m: "\x1b[" + re.sub(r"(?<![\d;])2(?=;|$)", "3", m[1]) + "m", open(source).read())
    pyte.Stream(screen).feed(text.rstrip("\n").replace("\n", "\r\n"))
    plain, bold = (ImageFont.truetype(FONT.format(kind), SIZE) for kind in ("", "-Bold"))
    width, height = round(plain.getlength("M")), round(SIZE * 1.25)
    image = Image.new("RGB", (columns * width + 2 * MARGIN, rows * height + 2 * MARGIN), PAPER)
    draw = ImageDraw.Draw(image)
    for y in range(rows):
        for x in range(columns):
            cell = screen.buffer[y][x]
            ink, paper = colour(cell.fg, INK), colour(cell.bg, PAPER)
            if cell.italics:
                ink = dimmed(ink, paper)
            if cell.reverse:
                ink, paper = paper, ink
            left, top = MARGIN + x * width, MARGIN + y * height
            # A frame's own colour reaches the picture's edge.
            draw.rectangle((left, top, left + width - 1, top + height - 1), fill=paper)
            draw_cell(draw, cell.data, left, top, width, height, ink, bold if cell.bold else plain)
            if cell.underscore:
                draw.line((left, top + height - 2, left + width - 1, top + height - 2), fill=ink)
    image.save(picture, optimize=True)


def draw_cell(draw, character, left, top, width, height, ink, font):
    right, bottom, middle, centre = left + width - 1, top + height - 1, top + height // 2, left + width // 2
    if character in LEFT and character != " ":
        draw.rectangle((left, top + 2, left + max(1, width * LEFT[character] // 8) - 1, bottom - 2), fill=ink)
    elif character in LOW and character != " ":
        draw.rectangle((left, bottom - height * LOW[character] // 8 + 1, right, bottom), fill=ink)
    elif character in "─│┌┐└┘":
        if character in "─┌└":
            draw.line((centre, middle, right, middle), fill=ink)
        if character in "─┐┘":
            draw.line((left, middle, centre, middle), fill=ink)
        if character in "│┌┐":
            draw.line((centre, middle, centre, bottom), fill=ink)
        if character in "│└┘":
            draw.line((centre, top, centre, middle), fill=ink)
    elif character.strip():
        draw.text((left, top), character, font=font, fill=ink)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
