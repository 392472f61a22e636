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

    @Test func `of a dump the options stand behind its path, which is made absolute`() throws {
        let here = FileManager.default.currentDirectoryPath
        let endpoint = try Endpoint("bson:a/../dump?bucket=my%20fs&collection=store", role: .source)
        #expect(endpoint.path == "\(here)/dump")
        #expect(endpoint.description == "bson:\(here)/dump?bucket=my%20fs&collection=store")
        try endpoint.checkText()
        #expect(try Endpoint("bson:dump", role: .source).path == "\(here)/dump")
        // Elsewhere it is a letter like others.
        #expect(try Endpoint("olx:what?", role: .source).path == "\(here)/what?")
    }

    @Test(arguments: [
        ("bucket=", "bucket= has no value"), ("collection=%zz", "is not followed by two"),
        ("replicaSet=rs0", "it knows bucket and collection"), ("bucket=../fs", "the beginning of a name and no path"),
    ])
    func `what is wrong with a dump's options is told with an example`(_ options: String, _ words: String) throws {
        let endpoint = try Endpoint("bson:dump?\(options)", role: .source)
        let refusal = #expect(throws: InvalidEndpoint.self) { try endpoint.checkText() }
        #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "")")
        #expect(refusal?.description.contains("write for example bson:dump/edxapp?bucket=fs") == true)
    }

    @Test func `options without a path are no dump`() {
        let refusal = #expect(throws: InvalidEndpoint.self) { try Endpoint("bson:?bucket=fs", role: .source) }
        #expect(refusal?.description.contains("names nothing") == true)
    }
}
#endif
