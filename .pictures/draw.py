# SPDX-License-Identifier: Apache-2.0
"""Draws a captured terminal screen on a fixed grid: draw.py SCREEN PNG COLUMNS ROWS."""
import sys

import pyte
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SIZE = 10, 21, 16
PAPER, INK = "#11151c", "#d8dee9"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"


def main(screen_path, picture_path, columns, rows):
    screen = pyte.Screen(columns, rows)
    stream = pyte.Stream(screen)
    with open(screen_path, encoding="utf-8") as captured:
        stream.feed("\r\n".join(captured.read().splitlines()[:rows]))
    lines = [row for row in range(rows) if any(screen.buffer[row][c].data.strip() for c in range(columns))]
    picture = Image.new("RGB", (columns * WIDTH + 20, (max(lines, default=0) + 1) * HEIGHT + 20), PAPER)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, SIZE)
    for row in lines:
        for column in range(columns):
            text = screen.buffer[row][column].data
            if text.strip():
                colour = {"✓": "#a3be8c", "✗": "#e07a72", "!": "#ebcb8b", "▸": "#88c0d0"}.get(text, INK)
                pen.text((column * WIDTH + 10, row * HEIGHT + 10), text, font=font, fill=colour)
    picture.save(picture_path, optimize=True)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
