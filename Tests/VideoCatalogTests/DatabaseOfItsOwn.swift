// SPDX-License-Identifier: Apache-2.0
#if MySQL
import Foundation
import MariaDB
import Testing

/// Runs `body` on a database of its own, with copies of the tables of `edxval`; encrypted where there is a file to verify
/// the server with.
func withDatabase(_ body: (ServerAddress, String) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    let server = try #require(environment["MALLOW_MYSQL"], "Tests/mysql/database.py starts one").split(
        separator: ":")
    let password = try #require(environment["MALLOW_CATALOG_PASSWORD"])
    func address(_ database: String) throws -> ServerAddress {
        ServerAddress(
            host: String(server[0]), port: try #require(UInt32(server[1])), user: "mallow", database: database,
            encryption: environment["MALLOW_MYSQL_AUTHORITY"].map { .verified(authority: $0) } ?? .none)
    }
    let name = "case_" + UUID().uuidString.prefix(8).lowercased()
    let maker = try ServerConnection(try address("edxval"), password: password, deadlines: ServerDeadlines())
    let tables = try maker.query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'edxval' "
            + "AND (table_name LIKE 'edxval%' OR table_name LIKE 'video_config%' OR table_name LIKE 'celery%')"
    ).compactMap { $0[0].text }
    let made = try tables.compactMap { try maker.query("SHOW CREATE TABLE \($0)").first?[1].text }
    try maker.execute("CREATE DATABASE \(name)")
    try maker.execute("USE \(name)")
    try maker.execute("SET foreign_key_checks = 0")
    for statement in made { try maker.execute(statement) }
    try maker.execute("USE edxval")
    do {
        try await body(try address(name), password)
    } catch {
        try maker.execute("DROP DATABASE \(name)")
        throw error
    }
    try maker.execute("DROP DATABASE \(name)")
}
#endif
