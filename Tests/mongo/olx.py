# SPDX-License-Identifier: Apache-2.0
"""Reads OLX exports: which courses lie at a path, and what one of them holds in both heads."""
import contextlib
import tarfile
import tempfile
from pathlib import Path

from block_walk import Walk
from export_files import ExportError, ExportFiles
from outline import Asset, Block, BlockKey, Outline, VIDEO_TYPES, clean_name

# The types that are guessed from a file's name, the same on every machine.
CONTENT_TYPES = {
    ".css": "text/css", ".gif": "image/gif", ".html": "text/html", ".jpg": "image/jpeg", ".js": "text/javascript",
    ".json": "application/json", ".pdf": "application/pdf", ".png": "image/png", ".srt": "application/x-subrip",
    ".txt": "text/plain", ".xml": "application/xml",
}  # fmt: skip
DETACHED = {"about": "about", "info": "course_info", "tabs": "static_tab"}


def exports(path):
    """The exports that lie at a path: itself, or those in it by name."""
    path = Path(path)
    if path.is_file() or (path / "course.xml").is_file():
        return [path]
    inner = sorted(path.iterdir(), key=lambda entry: entry.name.encode())
    return [entry for entry in inner if not entry.name.startswith(".") and (entry.is_dir() or is_archive(entry))]


def is_archive(path):
    return path.name.endswith((".tar.gz", ".tgz"))


def read_export(path):
    """The course of an export, a folder or a `.tar.gz`.

    Raises ExportError when it cannot be understood.
    """
    with root_folder(Path(path)) as folder:
        return read_folder(ExportFiles(folder))


@contextlib.contextmanager
def root_folder(path):
    with contextlib.ExitStack() as stack:
        folder = path
        if path.is_file():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
        if not (folder / "course.xml").is_file():
            inner = [entry for entry in folder.iterdir() if (entry / "course.xml").is_file()]
            if len(inner) != 1:
                raise ExportError(f"{path} holds {len(inner)} courses; one was expected.")
            folder = inner[0]
        yield folder


def read_folder(files):
    pointer = files.root("course.xml")
    if pointer is None or pointer.tag != "course" or not all(pointer.get(name) for name in ("org", "course", "url_name")):
        raise ExportError(f"{files.folder}/course.xml names no course: it must be a <course> with org, course and url_name.")
    run = pointer.get("url_name")
    if files.block(BlockKey("course", run)) is None and not len(pointer):
        raise ExportError(f"{files.folder}/course.xml holds no course, and there is no file course/{run}.xml.")
    published, draft = Walk(files), Walk(files, drafts=files.drafts_by_parent())
    for walk in (published, draft):
        walk.walk(pointer)
    reached = frozenset(published.blocks) | frozenset(draft.blocks)
    for walk, keys in ((published, files.keys()), (draft, files.keys() | files.draft_keys())):
        for key in sorted(keys):
            walk.walk_orphan(key, reached)
    heads = {"published": published.blocks, "draft": dict(draft.blocks)}
    name_course(heads, BlockKey("course", run), pointer, files)
    drafted = drafted_keys(published, heads["draft"], draft.from_drafts)
    for key in heads["draft"].keys() & published.blocks.keys() - drafted:
        heads["draft"][key] = published.blocks[key]
    for head in heads.values():
        head.update(detached_blocks(files))
    return Outline(pointer.get("org"), pointer.get("course"), run, **heads, assets=tuple(assets(files)), drafted=drafted)


def drafted_keys(published, draft, from_drafts):
    """A video has a draft of its own when the export has a file for it or never published it; any other block also when
    another draft hangs under it."""
    return frozenset(
        key for key, block in draft.items()
        if key in from_drafts or key not in published.blocks
        or (key.type not in VIDEO_TYPES and block != published.blocks[key])
    )  # fmt: skip


def name_course(heads, root, pointer, files):
    """The course's own settings: Studio's policy first, but for the name, which the XML decides."""
    policy = files.json(f"policies/{root.name}/policy.json").get(f"course/{root.name}", {})
    outer = {"display_name": pointer.get("display_name")} if pointer.get("display_name") is not None else {}
    for blocks in heads.values():
        course = blocks[root]
        named = {"display_name": course.settings["display_name"]} if "display_name" in course.settings else outer
        blocks[root] = Block(course.settings | policy | named, course.content, course.children)


def detached_blocks(files):
    """Pages that belong to a course and hang nowhere."""
    return {
        BlockKey(kind, page.stem): Block({}, {"data": page.read_text(encoding="utf-8")})
        for place, kind in DETACHED.items()
        for page in files.listed(place, ".html")
    }


def assets(files):
    """Everything under `static/`; of several files with one clean name the first in order of paths."""
    described = files.json("policies/assets.json")
    taken = set()
    for path, file in files.static():
        name = clean_name(path)
        if name in taken:
            continue
        taken.add(name)
        said = described.get(name, {})
        yield Asset(
            name, file.read_bytes(), said.get("displayname", file.name), path,
            said.get("contentType", CONTENT_TYPES.get(file.suffix)), said.get("locked", False),
        )  # fmt: skip
