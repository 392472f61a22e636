// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import CMongo

extension ObjectID {
    /// A new one, as MongoDB's clients make them.
    package static func make() -> ObjectID {
        var id = bson_oid_t()
        bson_oid_init(&id, nil)
        return withUnsafeBytes(of: &id) { ObjectID($0) }
    }
}
#endif
