# SPDX-License-Identifier: Apache-2.0
"""Every named way to break a stored course, and what is expected to be lost by each.

    broken = CATALOGUE["missing chunk"](stored)
    broken.stored, broken.victim, CATALOGUE["missing chunk"].lost
"""
import broken_assets
import broken_blocks
import broken_heads
import broken_videos

PARTS = (broken_heads, broken_blocks, broken_videos, broken_assets)
CATALOGUE = {way.name: way for part in PARTS for way in part.BREAKS}
