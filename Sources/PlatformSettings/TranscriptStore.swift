// SPDX-License-Identifier: Apache-2.0

/// Where a platform's new transcripts go.
package enum TranscriptStore: Sendable, Hashable {
    case bucket(Bucket)
    /// A folder, as the platform's own machines or containers see it.
    case folder(Found<String>, storageClass: Found<String>)

    /// A bucket of S3, or of a server that speaks it.
    package struct Bucket: Sendable, Hashable {
        package enum Addressing: String, Sendable, Hashable, CaseIterable {
            case path, virtual
        }

        package let name: Found<String>
        /// What stands before every key and is not in edx-val, without slashes at its ends.
        package let location: Found<String>?
        /// `https://HOST:PORT` of a server that is not AWS's own.
        package let endpoint: Found<String>?
        package let region: Found<String>?
        /// Nil for what goes without saying.
        package let addressing: Found<Addressing>?
        /// Whether AWS's own servers are spoken to over TLS; `endpoint` says so itself.
        package let isEncrypted: Found<Bool>
        /// The class of Django's storage, whose origin tells which rule chose it.
        package let storageClass: Found<String>
    }

    /// The class of Django's storage, whose origin tells which rule chose it.
    package var storageClass: Found<String> {
        switch self {
        case .bucket(let bucket): bucket.storageClass
        case .folder(_, let storageClass): storageClass
        }
    }
}
