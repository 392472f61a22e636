// SPDX-License-Identifier: Apache-2.0
#if MySQL
import CMariaDB

/// A prepared statement of one connection.
final class ServerStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>

    /// Whether its result broke off: what its connection is in the middle of is not known.
    private(set) var isBroken = false

    init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(ServerError) {
        guard let handle = mysql_stmt_init(connection) else {
            throw ServerError(code: UInt32(CR_OUT_OF_MEMORY), words: "no memory for a statement")
        }
        self.handle = handle
        // Results are as long as they are: nothing is cut off.
        var yes: my_bool = 1
        mysql_stmt_attr_set(handle, STMT_ATTR_UPDATE_MAX_LENGTH, &yes)
        guard mysql_stmt_prepare(handle, sql, UInt(sql.utf8.count)) == 0 else { throw lastError }
    }

    deinit { mysql_stmt_close(handle) }

    private var lastError: ServerError {
        ServerError(code: mysql_stmt_errno(handle), words: String(cString: mysql_stmt_error(handle)))
    }

    private var broken: ServerError {
        isBroken = true
        return lastError
    }

    /// - Returns: its rows, of which there are none for a statement that brings none.
    func run(_ values: [ServerValue]) throws(ServerError) -> [[ServerValue]] {
        let parameters = BoundColumns(values)
        // libmariadb reads them when it executes.
        defer { withExtendedLifetime(parameters) {} }
        precondition(Int(mysql_stmt_param_count(handle)) == values.count, "a value for each parameter")
        if !values.isEmpty, mysql_stmt_bind_param(handle, parameters.binds) != 0 { throw lastError }
        guard mysql_stmt_execute(handle) == 0 else { throw lastError }
        guard let described = mysql_stmt_result_metadata(handle) else { return [] }
        defer {
            mysql_free_result(described)
            mysql_stmt_free_result(handle)
        }
        guard mysql_stmt_store_result(handle) == 0 else { throw broken }
        return try rows(described)
    }

    private func rows(_ described: UnsafeMutablePointer<MYSQL_RES>) throws(ServerError) -> [[ServerValue]] {
        guard let fields = mysql_fetch_fields(described) else { return [] }
        let columns = BoundColumns(results: (0..<Int(mysql_num_fields(described))).map { fields[$0] })
        defer { withExtendedLifetime(columns) {} }
        if mysql_stmt_bind_result(handle, columns.binds) != 0 { throw lastError }
        var rows: [[ServerValue]] = []
        while true {
            switch mysql_stmt_fetch(handle) {
            case 0: rows.append(columns.values)
            case MYSQL_NO_DATA: return rows
            default: throw broken
            }
        }
    }
}

/// The memory that a statement's parameters, or the columns of its rows, are passed in.
private final class BoundColumns {
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    private let count: Int
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>
    private var buffers: [UnsafeMutableRawBufferPointer] = []

    private init(count: Int) {
        self.count = count
        binds = .allocate(capacity: max(1, count))
        binds.initialize(repeating: MYSQL_BIND(), count: count)
        lengths = .allocate(capacity: max(1, count))
        lengths.initialize(repeating: 0, count: count)
        nulls = .allocate(capacity: max(1, count))
        nulls.initialize(repeating: 0, count: count)
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
        binds.deallocate()
        lengths.deallocate()
        nulls.deallocate()
    }

    convenience init(_ values: [ServerValue]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() {
            switch value {
            case .null: bind(index, MYSQL_TYPE_NULL, size: 0)
            case .integer(let number):
                bind(index, MYSQL_TYPE_LONGLONG, size: 8).storeBytes(of: number, as: Int64.self)
            case .text(let text):
                bind(index, MYSQL_TYPE_STRING, size: text.utf8.count).copyBytes(from: text.utf8)
            }
        }
    }

    convenience init(results: [MYSQL_FIELD]) {
        self.init(count: results.count)
        for (index, field) in results.enumerated() {
            if Self.integers.contains(field.type) {
                bind(index, MYSQL_TYPE_LONGLONG, size: 8)
            } else {
                bind(index, MYSQL_TYPE_STRING, size: Int(field.max_length))
            }
        }
    }

    private static let integers: [enum_field_types] = [
        MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG,
    ]

    @discardableResult
    private func bind(_ index: Int, _ type: enum_field_types, size: Int) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        buffers.append(buffer)
        lengths[index] = UInt(size)
        nulls[index] = type == MYSQL_TYPE_NULL ? 1 : 0
        binds[index].buffer_type = type
        binds[index].buffer = buffer.baseAddress
        binds[index].buffer_length = UInt(size)
        binds[index].length = lengths + index
        binds[index].is_null = nulls + index
        return buffer
    }

    /// What the last fetch brought.
    var values: [ServerValue] {
        (0..<count).map { index in
            if nulls[index] != 0 { return .null }
            if binds[index].buffer_type == MYSQL_TYPE_LONGLONG { return .integer(buffers[index].load(as: Int64.self)) }
            return .text(String(decoding: buffers[index].prefix(Int(lengths[index])), as: UTF8.self))
        }
    }
}
#endif
