// SPDX-License-Identifier: Apache-2.0
package import Ledger

/// Courses that shall be run in production before that was rehearsed often enough. Who wants it says why, and is asked
/// the run's own question after that.
package struct Unrehearsed: Sendable, Hashable {
    package let choice: CourseChoice
    /// Of the source, completed, when it was asked.
    package let rehearsals: Int
    package var reason = Reason()

    init(choice: CourseChoice, rehearsals: Int) {
        self.choice = choice
        self.rehearsals = rehearsals
    }
}

extension Model {
    /// How many completed rehearsals there are for a run of these courses, where it wants more; nil where it may begin.
    /// What a production run here has begun is gone on with: that was decided when it began.
    func rehearsalsShort(of courses: [ChosenCourse]) -> Int? {
        // A run takes what was chosen for the last one, and of the configuration what it says now.
        let manner = Manner(choices: lastRun?.choices ?? [], prefix: place.prefix)
        let completed = view?.rehearsals[Rehearsed(source: place.source ?? "", manner: "\(manner)")] ?? 0
        guard completed < place.wantedRehearsals else { return nil }
        let isHere =
            view?.run.map {
                $0.kind == "production" && $0.source == place.source && $0.store == place.store
                    && $0.catalog == place.catalog
            } ?? false
        return isHere && courses.allSatisfy(\.isUnfinished) ? nil : completed
    }
}
