// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import Migration
import MigrationModel
import Threading

/// Starts this very program in the background, away from every terminal: neither one that closes nor a console that ends
/// reaches it. What it says goes into a file beside the ledger.
struct BackgroundEngine: EngineStarter {
    /// What it is started for.
    let place: Place
    /// Where it writes what it says.
    let log: String
    /// Waits for what was started: an engine at most, and a second one that is refused.
    private let waiting = BlockingPool(name: "engines", width: 2)

    init(place: Place) {
        self.place = place
        log = place.ledger + ".engine.log"
    }

    func start(_ request: LaunchRequest, tell: @escaping @Sendable (EngineEnd) -> Void) throws {
        let process = try ThisProgram(arguments: place.arguments(request)).start(in: .background(log: log))
        let log = log
        let waiting = waiting
        // Ends with the program that it waits for; nobody needs its result but `tell`.
        Task {
            let status = try await waiting.run { ThisProgram.wait(for: process) }
            tell(EngineEnd(launch: request, status: status, words: Self.lastLine(of: log)))
        }
    }

    private static func lastLine(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { file.closeFile() }
        let end = file.seekToEndOfFile()
        file.seek(toFileOffset: end > 4096 ? end - 4096 : 0)
        let text = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }
}
