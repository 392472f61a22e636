// SPDX-License-Identifier: Apache-2.0

/// Where a platform keeps edx-val's tables: its MySQL or MariaDB.
package struct MySQLSettings: Sendable, Hashable {
    package let host: Found<String>
    package let port: Found<Int>
    package let database: Found<String>
    package let user: Found<String>
    package let password: SecretReference?
    package let isEncrypted: Found<Bool>
    /// The file with the certificates that the server's is verified against.
    package let authority: Found<String>?
}
