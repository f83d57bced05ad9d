import LicenceCode
import OpenSSL

/// Reads codes, one a line, and answers each with one line, as `second_decoder.py` does; see `scripts/fuzz --differential`.
///
/// `ok DIGEST SHA-256-OF-COSE` or `refused KIND`.
@main enum LicetDifferential {
    static func main() {
        while let line = readLine() { print(answer(to: line)) }
    }

    private static func answer(to text: String) -> String {
        do throws(CodeError) {
            let code = try UnverifiedCode(text: text)
            return "ok \(code.digest) \(Digest(of: code.cose.encoded))"
        } catch { return "refused \(error.code.rawValue)" }
    }
}
