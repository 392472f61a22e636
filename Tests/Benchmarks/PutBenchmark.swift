// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import MigrationModel
import ObjectStorage
import Threading

/// Puts every file of a folder into a bucket, once, as the engine does: in the background, read, hashed, signed, conditional;
/// and asks for it afterwards, where that is wanted. No run can be faster than both of them.
struct PutBenchmark {
    let files: String
    /// What follows `s3:`.
    let place: String
    /// Whether each object is looked at, as the consistency check does.
    let looks: Bool

    func run(inFlight: Int) async throws {
        BatchScheduling.enter()
        let names = try FileManager.default.contentsOfDirectory(atPath: files)
        let loop = CurlLoop(TransferLimits(connections: inFlight))
        let store = S3Store(
            S3Client(
                try S3Location(place), over: loop,
                as: CredentialKeeper([EnvironmentCredentials(ProcessInfo.processInfo.environment)]), now: { Date() }))
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<inFlight {
                group.addTask {
                    for number in stride(from: worker, to: names.count, by: inFlight) {
                        try await put(names[number], into: store)
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = Double((ContinuousClock.now - start) / .seconds(1))
        let counts = loop.statistics
        print(
            String(
                format: "%d objects in %.2f s: %.0f/s, %d connections for %d requests", names.count, seconds,
                Double(names.count) / seconds, counts.connections, counts.transfers))
    }

    private func put(_ name: String, into store: S3Store) async throws {
        guard let data = FileManager.default.contents(atPath: "\(files)/\(name)") else {
            throw CocoaError(.fileReadUnknown)
        }
        let bytes = Array(data)
        let object = NewObject(
            key: ObjectKey(unchecked: name), bytes: bytes, checksum: Checksum(of: bytes),
            contentType: "application/octet-stream",
            provenance: Provenance(run: RunID(1), intent: UUID()))
        _ = try await store.put(object)
        guard looks else { return }
        guard try await store.head(object.key)?.checksum == object.checksum else {
            throw CocoaError(.fileReadCorruptFile)
        }
    }
}
