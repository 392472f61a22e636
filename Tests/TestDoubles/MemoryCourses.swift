// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// One course in memory, and its author.
package struct MemoryCourses: WritableCourses {
    package let course = CourseKey(unchecked: "course-v1:AcmeX+Bio1+2018")
    private let memory = MemorySource([:])

    package init() {}

    package var source: any CourseSource { memory }
    package func writer() -> any CourseWriter { memory }

    package func add(_ videos: [VideoBlock]) { memory.edit(course) { $0.videos = videos } }

    package func save(_ video: UsageKey, _ change: @Sendable (inout VideoFields) -> Void) {
        memory.edit(course) { course in
            course.videos = course.videos.map { block in
                guard block.usageKey == video, var draft = block.draft ?? block.published else { return block }
                change(&draft)
                return VideoBlock(usageKey: video, published: block.published, draft: draft)
            }
        }
    }
}
