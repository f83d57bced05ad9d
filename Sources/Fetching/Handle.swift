import CCurl

/// libcurl's own form of one client, with the connections that it keeps; freed once.
@safe struct Handle: ~Copyable {
    /// What libcurl answers instead of doing what it is told.
    struct Refusal: Error {
        let code: CURLcode
    }

    private let pointer: UnsafeMutableRawPointer
    /// Where libcurl writes the details of a failure.
    private let detail: UnsafeMutablePointer<CChar>

    /// Nil when there is no memory left; asks that the library is loaded.
    init?() {
        guard let pointer = unsafe licet_curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
        unsafe detail = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe detail.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe licet_curl_easy_cleanup(pointer)
        unsafe detail.deallocate()
    }

    /// Forgets all options, but neither connections nor sessions of TLS.
    func reset() throws(Refusal) {
        unsafe licet_curl_easy_reset(pointer)
        try unsafe check(licet_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, detail))
    }

    func set(_ option: CURLoption, _ value: Int) throws(Refusal) {
        try unsafe check(licet_curl_set_long(pointer, option, value))
    }

    /// Sets a text, which libcurl copies; nil takes back what stands there.
    func set(_ option: CURLoption, _ value: String?) throws(Refusal) {
        guard let value else { return try unsafe check(licet_curl_set_string(pointer, option, nil)) }
        try unsafe check(licet_curl_set_string(pointer, option, value))
    }

    /// Sets the body of a POST, which libcurl copies.
    func set(body: [UInt8]) throws(Refusal) {
        try unsafe check(licet_curl_set_long(pointer, CURLOPT_POST, 1))
        try unsafe check(licet_curl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)))
        // One byte more: without an address libcurl would read the standard input.
        let result = unsafe (body + [0]).withUnsafeBytes { bytes in
            unsafe licet_curl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }
        try check(result)
    }

    /// Lets `transfer` take what comes, and runs it with the header `fields` to its end.
    func perform(_ transfer: Transfer, fields: [String]) throws(Refusal) {
        let list = try Fields(fields)
        try unsafe check(licet_curl_set_pointer(pointer, CURLOPT_HTTPHEADER, list.pointer))
        let owner = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        try unsafe check(licet_curl_set_taker(pointer, CURLOPT_HEADERFUNCTION, Transfer.takeHeader))
        try unsafe check(licet_curl_set_pointer(pointer, CURLOPT_HEADERDATA, owner))
        try unsafe check(licet_curl_set_taker(pointer, CURLOPT_WRITEFUNCTION, Transfer.takeBody))
        try unsafe check(licet_curl_set_pointer(pointer, CURLOPT_WRITEDATA, owner))
        unsafe detail.pointee = 0
        let result = withExtendedLifetime(transfer) { unsafe licet_curl_easy_perform(pointer) }
        // The list ends with this function.
        unsafe _ = licet_curl_set_pointer(pointer, CURLOPT_HTTPHEADER, nil)
        _ = consume list
        try check(result)
    }

    /// What libcurl says of the last failure: printable ASCII, in lower case.
    func reason(_ refusal: Refusal) -> String {
        let detailed = unsafe String(cString: detail)
        let text = detailed.isEmpty ? Library.text(of: refusal.code) : detailed
        let printable = text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }
        return String(printable).lowercased()
    }

    /// Where the answer sends to, made absolute; nil when it sends nowhere.
    var redirectTarget: String? {
        var target: UnsafePointer<CChar>?
        guard unsafe licet_curl_get_string(pointer, CURLINFO_REDIRECT_URL, &target) == CURLE_OK else { return nil }
        return unsafe target.map { unsafe String(cString: $0) }
    }

    private func check(_ code: CURLcode) throws(Refusal) {
        guard code == CURLE_OK else { throw Refusal(code: code) }
    }
}

/// Header fields in libcurl's own form, freed once.
@safe private struct Fields: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    init(_ fields: [String]) throws(Handle.Refusal) {
        for field in fields {
            guard let longer = unsafe licet_curl_slist_append(pointer, field) else {
                throw Handle.Refusal(code: CURLE_OUT_OF_MEMORY)
            }
            unsafe pointer = longer
        }
    }

    deinit { unsafe licet_curl_slist_free(pointer) }
}
