// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel
package import PlatformSettings
package import Settings

extension ConfiguredWindow {
    /// The window that it means.
    ///
    /// - Throws: ``Window/Invalid`` where ``problems`` are not empty.
    package func window() throws(Window.Invalid) -> Window {
        try Window(days: days?.value ?? "daily", hours: hours?.value ?? "", zone: zone?.value ?? "")
    }

    /// What of it means nothing, each with its line.
    package var problems: [FileProblem] {
        [
            problem(days) { text throws(Window.Invalid) in _ = try Window.days(text) },
            problem(hours) { text throws(Window.Invalid) in _ = try Window.hours(text) },
            problem(zone) { text throws(Window.Invalid) in _ = try Window.zone(text) },
        ]
        .compactMap(\.self)
    }

    /// nil where nothing is written: that was refused with the file, or may be left out.
    private func problem(_ found: Found<String>?, _ read: (String) throws(Window.Invalid) -> Void) -> FileProblem? {
        guard let found, case .written(let file, let line, let keyPath) = found.origin else { return nil }
        do throws(Window.Invalid) {
            try read(found.value)
            return nil
        } catch {
            return FileProblem(file, line: line, "\(keyPath): \(error.cause)", advice: error.advice)
        }
    }
}

extension Configuration {
    /// The hours in which videos may start; nil for always.
    ///
    /// - Throws: ``Window/Invalid`` where their problems are not empty.
    package func hours() throws(Window.Invalid) -> Window? {
        guard let window else { return nil }
        return try window.window()
    }
}
