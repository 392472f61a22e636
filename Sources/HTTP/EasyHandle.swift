// SPDX-License-Identifier: Apache-2.0
import CCurl

/// libcurl's handle for one transfer at a time. For the loop's thread alone.
struct EasyHandle: Hashable {
    let pointer: UnsafeMutableRawPointer

    /// nil when there is no memory for one.
    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
    }

    /// The handle that libcurl speaks of.
    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    /// Forgets everything but its connection.
    func reset() { curl_easy_reset(pointer) }
    func close() { curl_easy_cleanup(pointer) }

    // What is set here is what libcurl knows; that it took it would be said by the transfer itself.
    func set(_ option: CURLoption, _ value: Int) { _ = mallow_curl_set_number(pointer, option, value) }
    func set(_ option: CURLoption, size: Int) { _ = mallow_curl_set_size(pointer, option, curl_off_t(size)) }
    func set(_ option: CURLoption, _ value: String) { _ = mallow_curl_set_text(pointer, option, value) }
    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        _ = mallow_curl_set_pointer(pointer, option, value)
    }
    func set(_ option: CURLoption, _ sink: mallow_curl_sink) { _ = mallow_curl_set_sink(pointer, option, sink) }

    /// A body that was begun cannot be begun again.
    func refuseRewinding() { _ = mallow_curl_refuse_rewinding(pointer) }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        mallow_curl_get_number(pointer, info, &value)
        return value
    }

    func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        mallow_curl_get_size(pointer, info, &value)
        return Int(value)
    }

    /// What every transfer has in common.
    ///
    /// - Parameter count: bytes of the body.
    func set(_ limits: TransferLimits, _ trust: TrustSettings, sending count: Int, isDirect: Bool) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_USERAGENT, "mallow")
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // Most transcripts go in one piece, and hundreds of transfers do not fill the memory.
        set(CURLOPT_UPLOAD_BUFFERSIZE, 32 << 10)
        // Servers close what has been idle for some seconds; a connection that closes just then is a doubt for nothing.
        set(CURLOPT_MAXAGE_CONN, 10)
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
        mallow_curl_give_up_unacknowledged(pointer, UInt32(limits.unacknowledged.milliseconds))
        // A thread that still waits for a name server is left alone, and not waited for, by the thread of all transfers.
        set(CURLOPT_QUICK_EXIT, 1)
        // A store's name has many addresses, and others a moment later: whoever looks it up begins at any of them, and what
        // was found is not gone by for long.
        set(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1)
        set(CURLOPT_DNS_CACHE_TIMEOUT, 10)
        // A large body on a slow line takes its time: a second more for each 100 kB.
        set(CURLOPT_TIMEOUT_MS, limits.whole.milliseconds + count / 100)
        if isDirect { set(CURLOPT_NOPROXY, "*") }
        // Verification of certificate and host name is libcurl's default, and nothing here turns it off.
        if let bundle = trust.bundle { set(CURLOPT_CAINFO, bundle) }
        if let folder = trust.folder { set(CURLOPT_CAPATH, folder) }
    }
}
