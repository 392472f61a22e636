// SPDX-License-Identifier: Apache-2.0

/// Which platform a console is on: it is named on every screen.
package struct Place: Sendable, Hashable {
    /// Whether what is written there is for good.
    package let isProduction: Bool
    /// `source`, `store` and `catalog` as given, without credentials; nil when none is known yet.
    package let source: String?
    package let store: String?
    package let catalog: String?
    package let ledger: String
    /// Who gives the commands.
    package let `operator`: String

    package init(
        isProduction: Bool, source: String?, store: String?, catalog: String?, ledger: String, operator: String
    ) {
        self.isProduction = isProduction
        self.source = source
        self.store = store
        self.catalog = catalog
        self.ledger = ledger
        self.operator = `operator`
    }

    /// The word on every screen.
    package var word: String { isProduction ? "PROD" : "DEMO" }

    /// What an operator types to confirm: the last part of the store's name.
    package var target: String {
        let name = store?.split(separator: "?").first?.split(whereSeparator: { $0 == "/" || $0 == ":" }).last
        return name.map(String.init) ?? "store"
    }
}
