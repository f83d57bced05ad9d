import CCurl

/// libcurl in this process, loaded when first asked for and never let go.
enum Library {
    /// Why it cannot be used; nil when it can.
    static let refusal: String? = refusal(loading: "libcurl.so.4") ?? initialisationRefusal()

    static func refusal(loading name: String) -> String? {
        unsafe licet_curl_load(name).map { unsafe "libcurl cannot be loaded; install it (\(String(cString: $0)))" }
    }

    private static func initialisationRefusal() -> String? {
        let result = licet_curl_global_init()
        return result == CURLE_OK ? nil : "libcurl does not start (\(text(of: result)))"
    }

    static func text(of code: CURLcode) -> String {
        unsafe licet_curl_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
    }
}
