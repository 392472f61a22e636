// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Who asks, and the proof of it. Printed, it shows neither secret nor token.
package struct AWSCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    package let accessKey: String
    let secret: String
    let token: String?
    /// nil for those that do not expire by themselves.
    let expires: Date?

    package init(accessKey: String, secret: String, token: String? = nil, expires: Date? = nil) {
        self.accessKey = accessKey
        self.secret = secret
        self.token = token
        self.expires = expires
    }

    package var description: String { "access key \(accessKey)" }
    package var debugDescription: String { description }
}

extension AWSCredentials: CustomReflectable {
    /// A crash report and `dump` go by this.
    package var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }
}
