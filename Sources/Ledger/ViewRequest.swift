// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// What a console looks at: it loads the rows that are on the screen and no others, whatever the ledger's size.
package struct ViewRequest: Sendable, Hashable {
    /// Only courses whose key or title has this text in it, whatever its case; empty for all.
    package var filter = ""
    /// Keeps the order of the last view, so that nothing moves under an operator's hand.
    package var keepsOrder = false
    package var sort = CourseSort.worstFirst
    /// The course under the cursor.
    package var course = ListCursor()
    /// How many courses fit.
    package var courseRows = 0
    /// Courses that an operator has marked, wherever they are in the list.
    package var marks: Set<Int64> = []
    /// The video under the cursor.
    package var video = ListCursor()
    /// How many videos fit.
    package var videoRows = 0
    /// The newest event to show; nil for the newest there is.
    package var newestEvent: Int64?
    /// How many lines of the log later than that.
    package var eventShift = 0
    /// How many events fit.
    package var eventRows = 0
    /// Only events that have this text in them, whatever its case; empty for all.
    package var eventFilter = ""
    /// Whether the troubled videos of all courses are wanted.
    package var wantsTroubles = false
    /// A video that is looked at by itself.
    package var openVideo: VideoReference?
    /// Courses that something is about to be done with.
    package var choice: CourseChoice?

    package init() {}
}

/// Where somebody is in a list: on a thing, and not on a row, so that nothing is done to what slid under a cursor.
package struct ListCursor: Sendable, Hashable {
    /// The thing's id; nil for the first.
    package var id: Int64?
    /// How many rows above it are shown.
    package var rowsAbove: Int

    package init(_ id: Int64? = nil, rowsAbove: Int = 0) {
        self.id = id
        self.rowsAbove = rowsAbove
    }
}

/// A video of a course.
package struct VideoReference: Sendable, Hashable {
    package let course: CourseKey
    package let block: UsageKey

    package init(course: CourseKey, block: UsageKey) {
        self.course = course
        self.block = block
    }
}

/// Which courses something is about to be done with. What is told of them and what is done is made from the same rows.
package enum CourseChoice: Sendable, Hashable {
    case marked(Set<Int64>)
    case named(Set<CourseKey>)
    /// Those that failed.
    case failed
    /// Those that some run took and brought to no end.
    case unfinished
}
