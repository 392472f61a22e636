# SPDX-License-Identifier: Apache-2.0
"""Ways to break the files and chunks of a transcript."""
from bson import Binary, Int64, ObjectId

from breaking import NOTHING, VIDEO, Break, Breaks, chunks, file
from courses import OLD, SPLIT

BREAKS = Breaks()
BOTH = (SPLIT, OLD)


def said(name, value, lost, called):
    """A way that gives the file's document another value; one that is a function is given the old one."""

    def change(stored, victim):
        document = file(stored, victim)
        document[name] = value(document.get(name)) if callable(value) else value

    BREAKS.append(Break(called, lost, BOTH, change))


def unsaid(name, lost, forms=BOTH):
    """A way that leaves something out of the file's document."""

    def change(stored, victim):
        document = file(stored, victim)
        if name not in document:
            raise LookupError(f"The file of {victim.asset} has no {name} that could be left out.")
        del document[name]

    BREAKS.append(Break(f"file without {name}", lost, forms, change))


said("length", lambda length: length + 1, VIDEO, "length one more than there is")
said("length", lambda length: length - 1, VIDEO, "length one less than there is")
said("length", lambda length: -length, VIDEO, "negative length")
said("length", Int64(1 << 62), VIDEO, "length of four million terabytes")
said("length", str, VIDEO, "length a text")
said("length", None, VIDEO, "length null")
said("length", float, NOTHING, "length a double")
said("length", float("nan"), VIDEO, "length not a number")
said("chunkSize", 0, VIDEO, "chunk size 0")
said("chunkSize", lambda size: -size, VIDEO, "negative chunk size")
said("chunkSize", 1, VIDEO, "chunk size 1")
said("chunkSize", str, VIDEO, "chunk size a text")
said("chunkSize", Int64, NOTHING, "chunk size an Int64")
said("md5", "0" * 32, VIDEO, "md5 of something else")
said("custom_md5", "0" * 32, VIDEO, "custom md5 of something else")
said("md5", None, NOTHING, "md5 null")
said("md5", 7, NOTHING, "md5 a number")
said("filename", "../../etc/passwd", NOTHING, "filename that leads elsewhere")
said("content_son", None, NOTHING, "content son null")
said("displayname", 7, NOTHING, "displayname a number")
said("contentType", ["text/plain"], NOTHING, "content type a list")
said("uploadDate", "yesterday", NOTHING, "upload date a text")
said("thumbnail_location", "logo-png.jpg", NOTHING, "thumbnail location a text")
unsaid("length", VIDEO)
unsaid("chunkSize", VIDEO)
for name in ("filename", "contentType", "displayname", "content_son", "thumbnail_location", "import_path", "locked", "uploadDate"):
    unsaid(name, NOTHING)
unsaid("md5", NOTHING)
unsaid("custom_md5", NOTHING, (SPLIT,))


@BREAKS.add(VIDEO)
def no_file_to_the_chunks(stored, victim):
    stored["fs.files"].remove(file(stored, victim))


@BREAKS.add(VIDEO)
def no_chunks(stored, victim):
    gone = chunks(stored, victim)
    stored["fs.chunks"][:] = [chunk for chunk in stored["fs.chunks"] if chunk not in gone]


@BREAKS.add(VIDEO)
def missing_chunk(stored, victim):
    stored["fs.chunks"].remove(chunks(stored, victim)[-1])


@BREAKS.add(VIDEO)
def extra_chunk(stored, victim):
    last = chunks(stored, victim)[-1]
    stored["fs.chunks"].append(last | {"_id": new_id(last), "n": last["n"] + 1, "data": Binary(b"more")})


@BREAKS.add(VIDEO)
def empty_extra_chunk(stored, victim):
    last = chunks(stored, victim)[-1]
    stored["fs.chunks"].append(last | {"_id": new_id(last), "n": last["n"] + 1, "data": Binary(b"")})


@BREAKS.add(VIDEO)
def chunk_before_the_first(stored, victim):
    first = chunks(stored, victim)[0]
    stored["fs.chunks"].append(first | {"_id": new_id(first), "n": -1, "data": Binary(b"before")})


@BREAKS.add(VIDEO)
def short_chunk(stored, victim):
    first = chunks(stored, victim)[0]
    first["data"] = Binary(first["data"][:-1])


@BREAKS.add(VIDEO)
def chunk_one_byte_longer(stored, victim):
    last = chunks(stored, victim)[-1]
    last["data"] = Binary(last["data"] + b"\n")


@BREAKS.add(VIDEO, is_unique=False)
def doubled_chunk(stored, victim):
    last = chunks(stored, victim)[-1]
    stored["fs.chunks"].append(last | {"_id": new_id(last)})


@BREAKS.add(VIDEO)
def chunks_that_do_not_begin_at_0(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["n"] += 1


@BREAKS.add(NOTHING)
def chunks_out_of_order(stored, victim):
    stored["fs.chunks"].reverse()


@BREAKS.add(NOTHING)
def chunk_numbers_as_doubles(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["n"] = float(chunk["n"])


@BREAKS.add(NOTHING)
def chunk_numbers_as_Int64(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["n"] = Int64(chunk["n"])


@BREAKS.add(VIDEO)
def chunk_number_a_text(stored, victim):
    chunks(stored, victim)[-1]["n"] = "last"


@BREAKS.add(VIDEO)
def chunk_without_number(stored, victim):
    del chunks(stored, victim)[-1]["n"]


@BREAKS.add(VIDEO)
def data_a_text(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["data"] = chunk["data"].hex()


@BREAKS.add(VIDEO)
def data_null(stored, victim):
    chunks(stored, victim)[0]["data"] = None


@BREAKS.add(VIDEO)
def chunk_without_data(stored, victim):
    del chunks(stored, victim)[0]["data"]


@BREAKS.add(VIDEO)
def files_id_of_another_type(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["files_id"] = ObjectId(b"\xff" * 12)


@BREAKS.add(VIDEO, OLD)
def files_id_with_another_order(stored, victim):
    for chunk in chunks(stored, victim):
        chunk["files_id"] = dict(reversed(chunk["files_id"].items()))


@BREAKS.add(NOTHING)
def chunks_of_no_file(stored, victim):
    for chunk in chunks(stored, victim):
        stored["fs.chunks"].append(chunk | {"_id": new_id(chunk), "files_id": ObjectId(b"\xff" * 12)})


def new_id(chunk):
    return ObjectId(bytes(byte ^ 0xFF for byte in chunk["_id"].binary))
