// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Testing

/// Compares a screen with the file of its name in `Snapshots`. `UPDATE_SNAPSHOTS=1 swift test` writes the files anew: look
/// at the difference before you commit it.
func expectSnapshot(
    _ grid: Grid, _ name: String, withStyles: Bool = false, _ location: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
    let file = folder.appending(path: "\(name).txt")
    let text = grid.text + "\n" + (withStyles ? styles(grid) : "")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try Data(text.utf8).write(to: file)
    }
    guard let expected = FileManager.default.contents(atPath: file.path) else {
        Issue.record("there is no snapshot \(name): UPDATE_SNAPSHOTS=1 makes it", sourceLocation: location)
        return
    }
    let lines = String(decoding: expected, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (number, (one, other)) in zip(text.split(separator: "\n", omittingEmptySubsequences: false), lines).enumerated()
    {
        #expect(one == other, "\(name), line \(number + 1)", sourceLocation: location)
    }
    #expect(Data(text.utf8) == expected, "\(name) has changed", sourceLocation: location)
}

/// One letter a cell for its style, and what the letters stand for.
private func styles(_ grid: Grid) -> String {
    var letters: [Style: Character] = [:]
    var legend: [String] = []
    let names = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let map = (0..<grid.size.height).map { y in
        String(
            grid.row(y).map { cell -> Character in
                if let letter = letters[cell.style] { return letter }
                let letter = names[letters.count % names.count]
                letters[cell.style] = letter
                let colours = [cell.style.foreground, cell.style.background].map { $0.map { "\($0)" } ?? "default" }
                legend.append(
                    "\(letter) = \(colours[0]) on \(colours[1]), attributes \(cell.style.attributes.rawValue)")
                return letter
            })
    }
    return (map + legend).joined(separator: "\n") + "\n"
}
