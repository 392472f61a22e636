// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Whether ids are written into courses.
struct WriteBackOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Leave new edx_video_ids out of the courses: learners do not see their transcripts until they hold them."))
    var noWriteBack = false

    /// What was chosen otherwise than by default, as it is written on a command line.
    var choices: [String] { noWriteBack ? ["--no-write-back"] : [] }
}
