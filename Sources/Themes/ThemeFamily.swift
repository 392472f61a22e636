// SPDX-License-Identifier: Apache-2.0
import Settings

/// Who inherits whom.
struct ThemeFamily {
    /// By name.
    let builtIn, own: [String: ThemeFile]

    /// The file last, before it the one it inherits, and so on.
    ///
    /// A file of the operator's that inherits its own name means the built-in theme: so one is changed a little.
    func lineage(of file: ThemeFile, isOwn: Bool) throws(BrokenTheme) -> [ThemeFile] {
        var lineage = [file]
        var (last, lastIsOwn) = (file, isOwn)
        while let parent = last.inherits {
            let line = last.lines["inherits"]
            let ownParent = lastIsOwn && parent != last.name ? own[parent] : nil
            guard let next = ownParent ?? builtIn[parent] else {
                let near = (Array(builtIn.keys) + Array(own.keys)).sorted().nearest(to: parent)
                throw BrokenTheme([
                    FileProblem(
                        last.place, line: line, "there is no theme \"\(parent)\" to inherit, or it could not be read",
                        advice: near.map { "perhaps \"\($0)\" is meant" } ?? "mallow theme list names them")
                ])
            }
            guard !lineage.contains(where: { $0.place == next.place }) else {
                let names = lineage.drop { $0.place != next.place }.map(\.name) + [next.name]
                throw BrokenTheme([
                    FileProblem(
                        last.place, line: line, "themes inherit each other: \(names.joined(separator: " from "))",
                        advice: "take inherits out of one of them")
                ])
            }
            (last, lastIsOwn) = (next, ownParent != nil)
            lineage.append(next)
        }
        return lineage.reversed()
    }
}
