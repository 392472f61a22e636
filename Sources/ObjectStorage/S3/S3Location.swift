// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// A place in a bucket, as an operator writes it: `s3://BUCKET[/LOCATION]?endpoint=URL&region=R&addressing=path`.
package struct S3Location: Sendable, Hashable {
    /// What makes a location unusable, and what to write instead.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    package enum Addressing: String, Sendable, Hashable, CaseIterable {
        /// The bucket is the first part of the path.
        case path
        /// The bucket is the first part of the host's name.
        case virtual
    }

    package let bucket: String
    /// What stands before every key of ours, without slashes at its ends; empty for none. It is not in the catalog.
    /// Open edX: `STORAGE_KWARGS.location` (section 5.3).
    package let location: String
    package let region: String
    package let addressing: Addressing
    /// What the store cannot do and the operator takes upon himself, by name.
    package let accepted: Set<StoreWeakness>
    /// `http` or `https`.
    let scheme: String
    /// Host and port, as they stand in `Host`.
    let host: String

    /// Whether what is sent can be read on the way.
    package var isInTheClear: Bool { scheme == "http" }

    /// - Parameter text: what follows `s3:`.
    /// - Throws: ``Problem``.
    package init(_ text: String) throws(Problem) {
        guard text.hasPrefix("//") else { throw Problem(description: "write s3://BUCKET, with two slashes") }
        let parts = text.dropFirst(2).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts[0].split(separator: "/", omittingEmptySubsequences: true)
        guard let bucket = place.first.map(String.init) else { throw Problem(description: "it names no bucket") }
        guard Self.isBucket(bucket) else {
            throw Problem(description: "what stands after s3:// is no name of a bucket: 3 to 63 of a-z, 0-9, . and -")
        }
        self.bucket = bucket
        location = place.dropFirst().joined(separator: "/")
        let options = try Self.options(parts.count > 1 ? String(parts[1]) : "")
        region = options["region"] ?? "us-east-1"
        accepted = try Self.weaknesses(options["accept"])
        if let endpoint = options["endpoint"] {
            (scheme, host) = try Self.server(endpoint)
        } else {
            let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
            (scheme, host) = ("https", "s3.\(region).\(domain)")
        }
        if let named = options["addressing"] {
            guard let known = Addressing(rawValue: named) else {
                throw Problem(description: "addressing=\(named): write path or virtual")
            }
            addressing = known
        } else {
            // A certificate for *.host covers no bucket with a dot in it, and few servers but AWS know buckets by host.
            addressing = options["endpoint"] == nil && !bucket.contains(".") ? .virtual : .path
        }
    }

    /// `bucket.host` or the host alone.
    var requestHost: String { addressing == .virtual ? "\(bucket).\(host)" : host }

    /// Whether the host that is asked begins with the name of a bucket: servers that know buckets by host take that one.
    package func isAsked(of bucket: String) -> Bool { requestHost.lowercased().hasPrefix("\(bucket).") }

    /// The path of a key in the bucket, encoded; nil for the bucket itself.
    func path(_ key: ObjectKey?) -> String {
        let place = key.map {
            PercentEncoding.encode(location.isEmpty ? $0.text : "\(location)/\($0.text)", keepsSlashes: true)
        }
        switch addressing {
        case .path: return place.map { "/\(bucket)/\($0)" } ?? "/\(bucket)"
        case .virtual: return "/\(place ?? "")"
        }
    }

    /// What every key in the bucket that is one of ours begins with.
    var root: String { location.isEmpty ? "" : "\(location)/" }

    // MARK: - Reading

    private static let known = ["accept", "addressing", "endpoint", "region"]

    private static func options(_ query: String) throws(Problem) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, known.contains(parts[0]) else {
                // Whatever it is, it may be a secret.
                throw Problem(
                    description:
                        "\(parts.count == 2 ? "\(parts[0])=…" : "an option without a value"): it knows \(known.map { "\($0)=…" }.joined(separator: ", "))"
                )
            }
            options[parts[0]] = parts[1]
        }
        return options
    }

    private static func server(_ endpoint: String) throws(Problem) -> (scheme: String, host: String) {
        let parts = endpoint.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, ["http:", "https:"].contains(parts[0].lowercased()), parts[1].isEmpty,
            !parts[2].isEmpty,
            parts.dropFirst(3).allSatisfy(\.isEmpty), !parts[2].contains("@")
        else {
            // Not what stands there: somebody may have put a secret into it.
            throw Problem(description: "endpoint=…: write it as https://HOST or https://HOST:PORT")
        }
        let scheme = String(parts[0].dropLast()).lowercased()
        // As `Host` has it: without the port that goes without saying.
        let usual = scheme == "http" ? ":80" : ":443"
        let host = parts[2].lowercased()
        return (scheme, host.hasSuffix(usual) ? String(host.dropLast(usual.count)) : host)
    }

    private static func weaknesses(_ list: String?) throws(Problem) -> Set<StoreWeakness> {
        var accepted: Set<StoreWeakness> = []
        for name in (list ?? "").split(separator: ",") {
            guard let weakness = StoreWeakness(rawValue: String(name)) else {
                let names = StoreWeakness.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(description: "accept=\(name): it knows \(names)")
            }
            accepted.insert(weakness)
        }
        return accepted
    }

    private static func isBucket(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }
}
