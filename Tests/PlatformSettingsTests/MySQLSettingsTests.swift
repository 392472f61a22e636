// SPDX-License-Identifier: Apache-2.0
import PlatformSettings
import Testing

@Suite struct MySQLSettingsTests {
    private func mysql(_ lines: String) throws -> MySQLSettings? {
        try settings("DATABASES: {default: {ENGINE: django.db.backends.mysql, NAME: d, USER: u, \(lines)}}").mysql
    }

    @Test(arguments: [
        ("HOST: h, PORT: 3307", "mysql://u@h:3307/d"), ("HOST: h, PORT: '3307'", "mysql://u@h:3307/d"),
        ("HOST: h, PORT: ''", "mysql://u@h:3306/d"), ("HOST: h", "mysql://u@h:3306/d"),
        ("HOST: ''", "mysql://u@localhost:3306/d"), ("HOST: '::1'", "mysql://u@[::1]:3306/d"),
        ("HOST: h, OPTIONS: {ssl: {ca: /etc/ca.pem}}", "mysql://u@h:3306/d?tls=on&ca=/etc/ca.pem"),
        ("HOST: h, OPTIONS: {ssl: {ca: '/etc/a&b.pem'}}", "mysql://u@h:3306/d?tls=on&ca=/etc/a%26b.pem"),
        ("HOST: h, OPTIONS: {ssl: {}}", "mysql://u@h:3306/d"),
        ("HOST: h, OPTIONS: {ssl_mode: VERIFY_IDENTITY}", "mysql://u@h:3306/d?tls=on"),
        ("HOST: h, OPTIONS: {ssl_mode: PREFERRED}", "mysql://u@h:3306/d"),
    ])
    func `a catalog is what Django would connect to`(_ lines: String, _ endpoint: String) throws {
        #expect(try mysql(lines)?.endpoint == endpoint)
    }

    @Test func `names are written so that they can be read back`() throws {
        let text =
            "DATABASES: {default: {ENGINE: django_prometheus.db.backends.mysql, HOST: h, NAME: 'a b', USER: 'ü@x'}}"
        #expect(try settings(text).catalog == "mysql://%C3%BC%40x@h:3306/a%20b")
    }

    @Test func `an empty password is known to be empty`() throws {
        #expect(try mysql("PASSWORD: ''")?.password?.isEmpty == true)
        #expect(try mysql("HOST: h")?.password == nil)
    }
}
