// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import MigrationModel

/// The command line: one subcommand a file, nothing but composition here.
///
/// Each subcommand says its name: to make it from the type's takes the parser longer than all else that it does.
@main
struct Mallow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mallow",
        abstract: "Moves the video transcripts of a live Open edX platform to an object store and edx-val.",
        discussion: """
            One course at a time, while people keep using the platform, without ever overwriting or losing a transcript.

            A first look, which writes nothing:
              mallow plan --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
            The migration:
              mallow run --all --source olx:exports \\
                --store file:objects --catalog sqlite:edxval.sqlite
            """,
        version: "0.1.0",
        subcommands: [
            Plan.self, Run.self, Status.self, Verify.self, Compare.self, Doctor.self, Failures.self, Waive.self,
            Recover.self, UndoWriteBack.self, Report.self, Discover.self, ThemeCommand.self, OpenConsole.self,
            Demo.self, InitCommand.self,
        ],
        defaultSubcommand: OpenConsole.self
    )

    static func main() async {
        // A reader who goes away must not end a migration.
        signal(SIGPIPE, SIG_IGN)
        Platform.prepareProcess()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let exit as ExitCode {
            end(exit.rawValue)
        } catch {
            end(report(error).rawValue)
        }
        end(RunExit.done.rawValue)
    }

    /// Ends the process without what libraries do when it exits: OpenSSL, which libmongoc's SASL comes with as well, takes
    /// itself apart then, under the threads of transfers and pools that are on their way out.
    ///
    /// Nothing is lost by it: what we say is written when it is said, and files are closed when they are let go.
    private static func end(_ code: Int32) -> Never { quick_exit(code) }

    /// Says what went wrong, in one sentence on standard error, and with `--json` as an object on standard output.
    private static func report(_ error: any Error) -> RunExit {
        let code = exitCode(of: error)
        if code == .done || code == .usage, !(error is any OperatorError) {
            // Help, version and what the parser has to say about the arguments.
            let text = fullMessage(for: error)
            if code == .done { Output.print(text) } else { complain(text, message(for: error), code, nil) }
            return code
        }
        complain("mallow: \(error)", "\(error)", code, error as? Failure)
        return code
    }

    private static func complain(_ text: String, _ sentence: String, _ code: RunExit, _ failure: Failure?) {
        Output.complain(text)
        guard CommandLine.arguments.contains("--json") else { return }
        Output.print(json: ErrorObject(error: sentence, exit: code.rawValue, failure: failure))
    }

    private static func exitCode(of error: any Error) -> RunExit {
        switch error {
        case is LedgerBusy: .ledgerBusy
        case is WindowShut: .windowClosed
        case is any OperatorError: .usage
        case is Failure: .failed
        default:
            exitCode(for: error) == .success ? .done : (exitCode(for: error) == .validationFailure ? .usage : .failed)
        }
    }

    private struct ErrorObject: Encodable {
        let error: String
        let exit: Int32
        let failure: Failure?
    }
}
