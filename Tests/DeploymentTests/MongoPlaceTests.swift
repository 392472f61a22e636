// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Foundation
import Testing

@testable import Deployment

@Suite struct MongoPlaceTests {
    private static func refusal(_ rest: String) throws -> String? {
        let endpoint = try Endpoint("mongodb:\(rest)", role: .source)
        do throws(InvalidEndpoint) {
            try endpoint.checkText()
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        "//localhost/edxapp", "//mallow@mongo-1:27017,mongo-2,[::1]:27019/edxapp?replicaSet=rs0&authSource=admin",
        "//h/d?bucket=fs&collection=modulestore&readPreference=primary&tls=true", "//h/a%20b?ssl=off",
    ])
    func `an endpoint may be`(_ rest: String) throws {
        #expect(try Self.refusal(rest) == nil)
    }

    @Test(arguments: [
        ("localhost/edxapp", "// is missing"), ("//localhost", "it names no database"),
        ("//localhost/", "it names no database"), ("///edxapp", "it names no host"),
        ("//a,,b/edxapp", "it names no host"), ("//a:99999/edxapp", "a host's port is none"),
        ("//a:/edxapp", "a host's port is none"), ("//a/edxapp?authSource=admin", "as nobody"),
        ("//a/edxapp?tls=perhaps", "tls= is neither true nor false"), ("//a/edxapp?bucket=", "bucket= has no value"),
        ("//u@a/edxapp?authMechanism=MONGODB-X509", "is none of SCRAM-SHA-256"),
        ("//a/edxapp?w=0", "something else stands there"), ("//a/edxapp?readPreference=any", "is none of primary"),
        ("//a/edxapp?tls=off&tlsCAFile=/dev/null", "an authority and no TLS"),
        ("//a/edxapp?tlsCAFile=/dev/null&tls=off", "an authority and no TLS"),
        ("//a/edxapp?tlsCAFile=/nowhere/ca.pem", "names no file that can be read"),
        ("//a/%zz", "is not followed by two"),
    ])
    func `what is wrong with one is told in a sentence with an example`(_ rest: String, _ words: String) throws {
        let refusal = try #require(try Self.refusal(rest))
        #expect(refusal.contains(words), "\(refusal)")
        #expect(refusal.contains("write for example mongodb://"))
    }
}
#endif
