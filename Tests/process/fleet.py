# SPDX-License-Identifier: Apache-2.0
"""Makes a fleet of generated courses, as folders that Studio could have exported.

    fleet.py FOLDER [--courses N] [--videos M] [--transcripts T] [--seed S]

The same seed makes the same bytes, so a run that failed can be looked at again.
"""
import argparse
import json
import random
import uuid
from pathlib import Path
from xml.sax.saxutils import quoteattr

LANGUAGES = ["en", "fr", "es", "de", "ar", "zh_HANS", "pt-br", "ru", "ja", "hi"]
WORDS = "cell light Größe où мир 水 نجم number river theory — music \"why\" & <i>so</i> energy".split()
VIDEOS_PER_UNIT = 5


def make_fleet(folder, courses, videos, transcripts, seed=1):
    """Returns how many transcripts there are to migrate."""
    for number in range(courses):
        make_course(Path(folder) / f"course-{number:03}", number, videos, transcripts, seed)
    return courses * videos * transcripts


def make_course(folder, number, videos, transcripts, seed):
    chance = random.Random(f"{seed}/{number}")
    parts = ("FleetX", f"F{number:03}", "2018")
    names = [f"v{number:03}x{index:03}" for index in range(videos)]
    units = [names[start : start + VIDEOS_PER_UNIT] for start in range(0, videos, VIDEOS_PER_UNIT)]
    for kind in ("course", "chapter", "sequential", "vertical", "video", "static"):
        (folder / kind).mkdir(parents=True)
    write(folder / "course.xml", element("course", url_name=parts[2], org=parts[0], course=parts[1]))
    chapters = pointers("chapter", ["c"])
    write(folder / f"course/{parts[2]}.xml", element("course", chapters, display_name=f"Course {number}"))
    write(folder / "chapter/c.xml", element("chapter", pointers("sequential", ["s"]), display_name="Chapter"))
    units_named = [f"u{index}" for index in range(len(units))]
    write(folder / "sequential/s.xml", element("sequential", pointers("vertical", units_named), display_name="Section"))
    for unit, members in zip(units_named, units):
        write(folder / f"vertical/{unit}.xml", element("vertical", pointers("video", members), display_name=unit))
    for name in names:
        make_video(folder, name, transcripts, chance)


def make_video(folder, name, transcripts, chance):
    """English by `sub` as SJSON, the others by `transcripts`, SRT or SJSON; one video in five has no id yet."""
    english, *others = LANGUAGES[:1] + chance.sample(LANGUAGES[1:], transcripts - 1)
    declared = {}
    (folder / f"static/subs_{name}.srt.sjson").write_bytes(sjson(name, english, chance))
    for language in others:
        extension, make = chance.choice([("srt", srt), ("sjson", sjson)])
        declared[language] = f"{name}-{language}.{extension}"
        (folder / "static" / declared[language]).write_bytes(make(name, language, chance))
    identifier = "" if chance.random() < 0.2 else str(uuid.UUID(int=chance.getrandbits(128), version=4))
    fields = {"display_name": name, "edx_video_id": identifier, "sub": name, "youtube_id_1_0": ""}
    fields |= {"transcripts": json.dumps(declared)} if declared else {}
    write(folder / f"video/{name}.xml", element("video", **fields))


def cues(name, language, chance):
    for index in range(chance.randint(3, 12)):
        yield index * 2000, index * 2000 + 1500, f"{name} {language} " + " ".join(chance.choices(WORDS, k=6))


def sjson(name, language, chance):
    start, end, text = zip(*cues(name, language, chance))
    return json.dumps({"start": start, "end": end, "text": text}, ensure_ascii=False).encode()


def srt(name, language, chance):
    return "".join(
        f"{index}\n{clock(start)} --> {clock(end)}\n{text}\n\n"
        for index, (start, end, text) in enumerate(cues(name, language, chance))
    ).encode()


def clock(milliseconds):
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


def element(tag, inner="", **attributes):
    shown = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{shown}>{inner}</{tag}>" if inner else f"<{tag}{shown}/>"


def pointers(tag, names):
    return "".join(element(tag, url_name=name) for name in names)


def write(path, text):
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make a fleet of generated courses.")
    parser.add_argument("folder", type=Path)
    for option, default in (("courses", 12), ("videos", 25), ("transcripts", 3), ("seed", 1)):
        parser.add_argument(f"--{option}", type=int, default=default)
    given = vars(parser.parse_args())
    print(make_fleet(**given), "transcripts")
