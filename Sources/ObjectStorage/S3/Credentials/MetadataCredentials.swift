// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import HTTP
import MigrationModel

/// Credentials that a container's host gives to what runs in it.
package struct ContainerCredentials: CredentialSource {
    package let name = "the container's host"
    package let isChanging = true
    private let environment: [String: String]
    private let loop: CurlLoop
    private static let host = "http://169.254.170.2"
    /// Hosts that may be asked without TLS: this machine and those that containers know.
    private static let nearby: Set = [
        "localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
    ]

    package init(_ environment: [String: String], over loop: CurlLoop) {
        self.environment = environment
        self.loop = loop
    }

    package func credentials(at date: Date) async throws -> AWSCredentials? {
        guard let url = try url() else { return nil }
        var headers: [HTTPHeader] = []
        if let token = try token() { headers.append(HTTPHeader("Authorization", token)) }
        guard let answer = try await ask(HTTPRequest(.get, url, headers: headers, isDirect: true), of: name, over: loop)
        else { throw refused(name, 404) }
        return try IssuedCredentials(answer, from: name).credentials
    }

    private func url() throws -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], !path.isEmpty { return Self.host + path }
        guard let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !full.isEmpty else { return nil }
        guard let parts = URLComponents(string: full), let host = parts.host,
            parts.scheme == "https" || (parts.scheme == "http" && Self.nearby.contains(host))
        else {
            throw Failure(
                .auth, "find credentials", at: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                cause: "it is neither https nor an address of this machine", advice: "correct it, or leave it out"
            )
        }
        return full
    }

    private func token() throws -> String? {
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], !file.isEmpty {
            // The host writes a new one from time to time.
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Failure(
                    .auth, "find credentials", at: file, cause: "the container's token cannot be read",
                    advice: "let this user read it"
                )
            }
            return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Credentials of the role that a machine in AWS's cloud has, as it tells whoever runs on it.
package struct InstanceCredentials: CredentialSource {
    package let name = "the machine's role"
    package let isChanging = true
    private let endpoint: String?
    private let loop: CurlLoop

    package init(_ environment: [String: String], over loop: CurlLoop) {
        let isOff = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
        let named = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
        let base = named ?? "http://169.254.169.254"
        endpoint = isOff ? nil : (base.hasSuffix("/") ? String(base.dropLast()) : base)
        self.loop = loop
    }

    package func credentials(at date: Date) async throws -> AWSCredentials? {
        guard let endpoint else { return nil }
        let token: String
        do {
            let answer = try await loop.perform(
                HTTPRequest(
                    .put, "\(endpoint)/latest/api/token",
                    headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600")], isDirect: true))
            if answer.status == 429 || answer.status >= 500 { throw busy(name, "it answered \(answer.status)") }
            guard answer.status == 200 else { return nil }
            token = String(decoding: answer.body, as: UTF8.self)
        } catch let error as TransferError {
            // No such machine: nobody is there to ask.
            guard error.mayHaveArrived else { return nil }
            throw Failure(
                .transient, "find credentials", at: name, cause: "\(error)",
                advice: "in a container, let its answers through (a hop limit of 2); where no role is meant, set "
                    + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
        }
        let roles = "\(endpoint)/latest/meta-data/iam/security-credentials/"
        func ask(_ url: String) async throws -> [UInt8]? {
            try await ObjectStorage.ask(
                HTTPRequest(.get, url, headers: [HTTPHeader("X-aws-ec2-metadata-token", token)], isDirect: true),
                of: name,
                over: loop)
        }
        // A machine without a role says that there is no such page.
        guard let named = try await ask(roles),
            let role = String(decoding: named, as: UTF8.self).split(whereSeparator: \.isNewline).first,
            let issued = try await ask(roles + PercentEncoding.encode(String(role)))
        else { return nil }
        return try IssuedCredentials(issued, from: name).credentials
    }
}

/// - Parameter name: who is asked. Not its address, whose path may be all that it takes to be answered.
/// - Returns: nil where there is nothing of that name.
private func ask(_ request: HTTPRequest, of name: String, over loop: CurlLoop) async throws -> [UInt8]? {
    do {
        let answer = try await loop.perform(request)
        switch answer.status {
        case 200: return answer.body
        case 404: return nil
        case 429, 500...: throw busy(name, "it answered \(answer.status)")
        default: throw refused(name, answer.status)
        }
    } catch let error as TransferError {
        throw busy(name, "\(error)")
    }
}

private func busy(_ name: String, _ cause: String) -> Failure {
    Failure(.transient, "find credentials", at: name, cause: cause, advice: "it is asked again when they are needed")
}

private func refused(_ name: String, _ status: Int) -> Failure {
    Failure(
        .auth, "find credentials", at: name, cause: "it answered \(status)",
        advice:
            "look at the role that this machine or container has, and at AWS_CONTAINER_CREDENTIALS_*_URI where one is set"
    )
}

/// The form in which credentials are issued.
private struct IssuedCredentials: Decodable {
    let credentials: AWSCredentials

    private enum CodingKeys: String, CodingKey {
        case accessKey = "AccessKeyId"
        case secret = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decodeIfPresent(String.self, forKey: .expiration)
        let expires = try text.map { text in
            guard let date = try? Date(text, strategy: .iso8601) else {  // the error below says more
                throw DecodingError.dataCorruptedError(forKey: .expiration, in: container, debugDescription: "no date")
            }
            return date
        }
        credentials = AWSCredentials(
            accessKey: try container.decode(String.self, forKey: .accessKey),
            secret: try container.decode(String.self, forKey: .secret),
            token: try container.decodeIfPresent(String.self, forKey: .token), expires: expires
        )
    }

    init(_ bytes: [UInt8], from name: String) throws {
        do {
            self = try JSONDecoder().decode(IssuedCredentials.self, from: Data(bytes))
        } catch {
            // Not the error itself: it may quote what it read.
            throw Failure(
                .auth, "find credentials", at: name, cause: "what it answered are no credentials",
                advice: "look at the role that this machine or container has"
            )
        }
    }
}
