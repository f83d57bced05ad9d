import Foundation
import OpenSSL

/// The one style of all pages, written into each; nothing is fetched from anywhere.
enum PageStyle {
    static let css = """
        :root{color-scheme:light;--ink:#1d232b;--quiet:#5b6570;--line:#dfe3e8;--ground:#f3f5f7}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);line-height:1.5;overflow-wrap:anywhere;\
        font:16px/1.5 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans",sans-serif}
        main{max-width:42rem;margin:0 auto;padding:0 1rem 2rem}
        header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding:.9rem 0}
        header b{font-weight:600}
        a{color:#1f5fa8;padding:.3rem 0}
        .verdict{display:flex;gap:1rem;align-items:center;padding:1.25rem 1rem;border-radius:.75rem;color:#fff}
        .verdict svg{flex:none;width:4rem;height:4rem;fill:#fff}
        .verdict path{fill:none;stroke-width:5;stroke-linecap:round;stroke-linejoin:round}
        .verdict h1{margin:0;font-size:1.75rem;line-height:1.2}
        .verdict p{margin:.35rem 0 0}
        .good{background:#17703c}.good path{stroke:#17703c}
        .caution{background:#8a5200}.caution path{stroke:#8a5200}
        .bad{background:#a61b1b}.bad path{stroke:#a61b1b}
        .unknown{background:#4a5563}.unknown path{stroke:#4a5563}
        section{background:#fff;border:1px solid var(--line);border-radius:.75rem;margin-top:1rem;padding:.25rem 1rem}
        h2{font-size:1rem;margin:.75rem 0 .25rem}
        dl{margin:0}
        dl div{display:grid;grid-template-columns:9.5rem 1fr;gap:0 .75rem;padding:.5rem 0;border-top:1px solid var(--line)}
        dt{color:var(--quiet)}
        dd{margin:0;unicode-bidi:isolate}
        .warning{margin:.75rem 0;padding:.6rem .75rem;border-radius:.5rem;background:#a61b1b;color:#fff;font-weight:600}
        .unvouched{border:2px dashed #a61b1b;\
        background:repeating-linear-gradient(135deg,#fff 0 14px,#fdf1f1 14px 28px)}
        .unvouched dd{color:var(--quiet)}
        .unvouched dd::before{content:"? ";color:#a61b1b;font-weight:700}
        footer{color:var(--quiet);font-size:.875rem;margin-top:1rem}
        @media(max-width:30rem){dl div{grid-template-columns:1fr}dt{font-size:.875rem}.verdict svg{width:3rem;height:3rem}\
        .verdict h1{font-size:1.5rem}}
        """

    /// Allows this style by its digest, and nothing else at all (CSP level 3).
    static let contentSecurityPolicy: String = {
        let digest = Data(Digest(of: Array(css.utf8)).bytes).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
    }()
}
