// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// The place of a web identity among others, as pods of Kubernetes have one: it is not followed, and not passed over
/// either, since what comes after it is somebody else, the node that the pod is on.
package struct WebIdentity: CredentialSource {
    package let name = "a web identity"
    package let isChanging = false
    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    package func credentials(at date: Date) async throws -> AWSCredentials? {
        let names = ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"]
        guard names.allSatisfy({ environment[$0]?.isEmpty == false }) else { return nil }
        throw Failure(
            .auth, "find credentials", at: names.joined(separator: ", "),
            cause: "roles of a web identity are not followed",
            advice: "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as aws sts "
                + "assume-role-with-web-identity gives them; or unset both of the above to ask as somebody else")
    }
}
