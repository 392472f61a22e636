// SPDX-License-Identifier: Apache-2.0

/// How much of an export is believed. An export is somebody else's file: whatever grows beyond these is refused.
package struct ExportLimits: Sendable, Hashable {
    /// Bytes of one XML or JSON file: 8 MiB.
    package var documentBytes = 8 * 1024 * 1024
    /// Elements of one XML file that may stand for blocks.
    package var documentElements = 100_000
    /// Elements inside each other in one XML file.
    package var documentDepth = 200
    /// Blocks inside each other, from the course's root.
    package var blockDepth = 64
    /// Blocks of a course, of one head.
    package var blocks = 200_000
    /// Files and folders of `static/`.
    package var staticFiles = 200_000
    /// Folders inside each other in `static/`.
    package var staticDepth = 64
    /// Files and folders of an archive.
    package var archiveMembers = 100_000
    /// Bytes of an archive when unpacked: 4 GiB.
    package var archiveBytes = 4 * 1024 * 1024 * 1024
    /// Folders inside each other in an archive.
    package var archiveDepth = 64
    /// How old a file's last change must be before what was read of it is believed later. In seconds.
    ///
    /// File systems write times in steps: within one step a second change cannot be told from the first.
    package var settlingSeconds = 2

    package init() {}
}
