// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The extended attribute of an object's file that holds its sidecar, where the file system keeps such attributes.
///
/// It is part of the file: the same `fsync` makes it durable, the same `link` makes it visible, and it goes when the
/// file goes.
enum ObjectAttribute {
    private static let name = "user.mallow"
    /// More than any sidecar of ours has, in bytes: a key of 1,024, each of them six in JSON at worst, and the rest.
    private static let room = 8192

    /// - Throws: ``SystemError``, `ENOTSUP` where there are no such attributes.
    static func set(_ bytes: [UInt8], on file: borrowing OpenFile) throws(SystemError) {
        guard let fsetxattr = calls?.set else { throw SystemError(code: ENOTSUP) }
        try systemCall { fsetxattr(file.descriptor, name, bytes, bytes.count) }
    }

    /// The attribute of the file at `path`, or nil when it has none.
    static func read(at path: String) throws(SystemError) -> [UInt8]? {
        guard let getxattr = calls?.get else { return nil }
        var bytes = [UInt8](repeating: 0, count: room)
        do {
            let count = try systemCall { getxattr(path, name, &bytes, room) }
            return Array(bytes.prefix(count))
        } catch {
            switch error.code {
            case ENODATA, ENOTSUP, ENOENT, ENOTDIR, ERANGE: return nil
            default: throw error
            }
        }
    }

    private typealias Calls = (
        set: @Sendable (Int32, String, [UInt8], Int) -> Int32,
        get: @Sendable (String, String, UnsafeMutableRawPointer, Int) -> Int
    )

    #if canImport(Darwin)
    private static let calls: Calls? = (
        { Darwin.fsetxattr($0, $1, $2, $3, 0, 0) },
        { Darwin.getxattr($0, $1, $2, $3, 0, 0) }
    )
    #else
    private typealias Set = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32) -> Int32
    private typealias Get =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer, Int
        ) -> Int

    /// Swift's Glibc module leaves <sys/xattr.h> out, so its functions are found by name.
    private static let calls: Calls? = {
        guard let set = dlsym(nil, "fsetxattr"), let get = dlsym(nil, "getxattr") else { return nil }
        let (fsetxattr, getxattr) = (unsafeBitCast(set, to: Set.self), unsafeBitCast(get, to: Get.self))
        return ({ fsetxattr($0, $1, $2, $3, 0) }, { getxattr($0, $1, $2, $3) })
    }()
    #endif
}
