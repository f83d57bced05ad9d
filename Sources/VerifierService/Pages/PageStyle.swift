import Foundation
import OpenSSL

/// The one style of all pages, written into each; nothing is fetched from anywhere.
enum PageStyle {
    static let css = [frame, verdict, facts, forms, narrow, dark, contrast, print].joined(separator: "\n")

    private static let frame = """
        :root{color-scheme:light dark;--ink:#1b2129;--quiet:#525c67;--line:#d8dde3;--ground:#f2f4f7;--sheet:#fff;\
        --link:#175a9f;--mark:#a61b1b;--stripe:#fdf0f0;--note:#fff8e6;--edge:#b98a1d;--press:#175a9f}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);overflow-wrap:anywhere;\
        font:1.0625rem/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans",sans-serif}
        header{background:#12365f;color:#fff}
        header div,main,footer{max-width:44rem;margin:0 auto;padding:0 min(1rem,4vw)}
        header div{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.35rem 1rem;\
        padding-top:.5rem;padding-bottom:.5rem}
        header a{color:#fff}
        .site{flex:1 1 9rem;min-width:min(100%,9rem);text-decoration:none;padding:.35rem 0;line-height:1.35}
        .site b{font-size:1.125rem}
        .site small{display:block;font-size:.83em}
        nav{flex:none}
        nav a{display:inline-block;padding:.5rem .9rem;border:1px solid #fff;border-radius:2rem;text-decoration:none}
        nav a:hover,.site:hover b{text-decoration:underline}
        a{color:var(--link)}
        :focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:.25rem}
        header :focus-visible{outline-color:#ffd54a}
        section{background:var(--sheet);border:1px solid var(--line);border-radius:.75rem;margin-top:1rem;\
        padding:1rem 1.1rem}
        h1{font-size:1.75rem;line-height:1.25;margin:1.25rem 0 .5rem;overflow-wrap:break-word}
        h2{font-size:1.1875rem;line-height:1.35;margin:0 0 .5rem}
        p{margin:0 0 .6rem}
        section>:last-child,.note>:last-child{margin-bottom:0}
        ul,ol{margin:0 0 .6rem;padding-left:1.4rem}
        li{margin:.35rem 0}
        svg{flex:none}
        .note{display:flex;gap:.75rem;align-items:flex-start;margin-top:1rem;padding:.8rem 1.1rem;border-radius:.75rem;\
        background:var(--note);border:1px solid var(--edge)}
        .note svg{width:1.5rem;height:1.5rem;margin-top:.1rem;fill:none;stroke:currentColor;stroke-width:4}
        .again{margin:1.25rem 0 0}
        .again a{display:inline-block;padding:.7rem 0;font-weight:600}
        .paper{display:none}
        .call{font-weight:700;white-space:nowrap}
        footer{color:var(--quiet);font-size:.9375rem;padding-top:1rem;padding-bottom:2rem}
        """

    /// The word stands beside its shape while it fits there whole, and below it where the window is narrow or the text large:
    /// unlike `anywhere`, `break-word` leaves the longest word of a heading to be the least that the text beside it may have.
    private static let verdict = """
        .verdict,.problem{flex-wrap:wrap}
        .verdict>div,.problem>div{flex:1 1 13rem;flex-basis:min-content;min-width:min(100%,10rem)}
        .verdict{display:flex;gap:1.1rem;align-items:center;margin-top:1rem;padding:1.4rem 1.1rem;border-radius:.75rem;\
        border:2px solid transparent;color:#fff}
        .verdict svg{width:4.75rem;height:4.75rem;fill:#fff}
        .verdict path{fill:none;stroke-width:5;stroke-linecap:round;stroke-linejoin:round}
        .verdict h1{margin:0;font-size:2.125rem}
        .verdict p{margin:.35rem 0 0}
        .verdict small{display:block;margin-top:.5rem;font-size:.9em}
        .good{background:#17703c}.good path{stroke:#17703c}
        .caution{background:#8a5200}.caution path{stroke:#8a5200}
        .bad{background:#a61b1b}.bad path{stroke:#a61b1b}
        .unknown{background:#4a5563}.unknown path{stroke:#4a5563}
        .state{display:flex;gap:.9rem;align-items:flex-start}
        .state svg{width:2.25rem;height:2.25rem;margin-top:.15rem}
        .state path{fill:none;stroke:var(--sheet);stroke-width:5;stroke-linecap:round;stroke-linejoin:round}
        .state.good,.state.caution,.state.unknown{background:none}
        .state.good svg{fill:#17703c}.state.caution svg{fill:#8a5200}.state.unknown svg{fill:#4a5563}
        .state p{margin:0}
        """

    /// What cannot be broken is cut off at the edge of its own line: a code may say anything, and must not widen the page or
    /// paint over another line.
    private static let facts = """
        dl{margin:0}
        dl div{display:grid;grid-template-columns:10.5rem minmax(0,1fr);gap:0 1rem;padding:.6rem 0;border-top:1px solid var(--line)}
        dt{color:var(--quiet)}
        dt small,dd small{display:block;color:var(--quiet);font-size:.88em;line-height:1.45}
        dd{margin:0;unicode-bidi:plaintext;overflow:hidden;overflow:clip;overflow-clip-margin:.4rem}
        .licence dd{font-weight:500}
        .warning{padding:.7rem .9rem;border-radius:.5rem;background:#a61b1b;color:#fff;font-weight:600}
        .unvouched{border:2px dashed var(--mark);\
        background:repeating-linear-gradient(135deg,var(--sheet) 0 14px,var(--stripe) 14px 28px)}
        .unvouched dd{font-weight:400}
        .unvouched dd::before{content:"? ";content:"? "/"";color:var(--mark);font-weight:700}
        .pending{--mark:var(--quiet);--stripe:var(--ground)}
        .pending .warning{background:#4a5563}
        """

    private static let forms = """
        form{margin:0}
        label{display:block;font-weight:600;margin-bottom:.35rem}
        .hint{color:var(--quiet);font-size:.9375rem}
        input,textarea{display:block;width:100%;max-width:100%;font:inherit;color:inherit;background:var(--ground);\
        border:1px solid var(--quiet);border-radius:.5rem;padding:.7rem}
        input{border-style:dashed;min-height:3.5rem}
        textarea{min-height:6rem;resize:vertical}
        [aria-invalid]{border:2px solid var(--mark)}
        ::file-selector-button{font:inherit;color:var(--ink);background:var(--sheet);border:1px solid var(--quiet);\
        border-radius:.4rem;padding:.35rem .7rem;margin-right:.7rem}
        button{display:block;width:100%;min-height:3rem;margin-top:.8rem;padding:.7rem 1.2rem;border:2px solid transparent;\
        border-radius:.5rem;font:inherit;font-weight:600;color:#fff;background:var(--press);cursor:pointer}
        button:hover{text-decoration:underline}
        .problem{display:flex;gap:1.1rem;align-items:flex-start;margin-top:1rem;padding:1.1rem;border-radius:.75rem;\
        border:2px solid #8a5200;border-left-width:.6rem;background:var(--sheet)}
        .problem svg{width:2.75rem;height:2.75rem;fill:#8a5200}
        .problem path{fill:none;stroke:#fff;stroke-width:5;stroke-linecap:round}
        .problem h1{font-size:1.4375rem;margin:.2rem 0 .4rem}
        .problem ul{margin:0}
        """

    private static let narrow = """
        @media(max-width:34rem){dl div{grid-template-columns:minmax(0,1fr)}dt{font-size:.9375rem}\
        dt small[lang]{display:inline;margin-left:.4em}.verdict{padding:1.1rem min(.9rem,4vw);gap:.9rem}\
        .verdict svg{width:3.5rem;height:3.5rem}h1{font-size:min(1.5rem,9vw)}.verdict h1{font-size:min(1.6875rem,9vw)}\
        .problem h1{font-size:min(1.4375rem,9vw)}.problem{padding:1.1rem min(.9rem,4vw);gap:.9rem;border-left-width:.3rem}\
        section,.note{padding-left:min(.9rem,4vw);padding-right:min(.9rem,4vw)}}
        """

    private static let dark = """
        @media screen and (prefers-color-scheme:dark){:root{--ink:#e9edf1;--quiet:#aeb8c2;--line:#38414b;--ground:#11161b;\
        --sheet:#1b2128;--link:#93c4f7;--mark:#ff9d9d;--stripe:#2a1d1f;--note:#2b2614;--edge:#8d7327;--press:#1f66b0}\
        .state.good svg{fill:#6fcf97}.state.caution svg,.problem svg{fill:#f2b24d}.state.unknown svg{fill:#aeb8c2}\
        .problem{border-color:#f2b24d}.problem path{stroke:#1b2128}}
        """

    /// Colours that a reader set for himself leave the shapes to be seen.
    private static let contrast = """
        @media(forced-colors:active){.verdict svg,.problem svg,.state svg{fill:CanvasText}\
        .verdict path,.problem path,.state path{stroke:Canvas}nav a,button{border:1px solid}}
        """

    private static let print = """
        @media print{@page{margin:16mm}:root{font-size:9.5pt;color-scheme:light;--ink:#000;--quiet:#000;--line:#999;--ground:#fff;\
        --sheet:#fff;--link:#000;--mark:#000;--note:#fff;--edge:#000}body{line-height:1.45}\
        header{background:none;color:#000;border-bottom:1pt solid #000}header a{color:#000}nav,form,.again,footer,.screen\
        {display:none}.paper{display:block;margin:8pt 0 0}main,header div{max-width:none;padding-left:0;padding-right:0}section{border:0;padding:0;\
        margin-top:12pt}h1,h2{break-after:avoid}dl div,.report,.note{break-inside:avoid;padding-top:3pt;padding-bottom:3pt}\
        .note,.verdict,.problem{border-radius:0;padding:8pt}.verdict{background:none;color:#000;border:2pt solid #000}\
        .verdict svg,.problem svg,.state svg{fill:#fff!important;stroke:#000;stroke-width:2.5}.verdict path,.problem path,\
        .state path{stroke:#000!important}.warning{background:none;color:#000;border:1pt solid #000}\
        .unvouched{background:none;border:1pt dashed #000;padding:8pt}a{text-decoration:none}}
        """

    /// Allows this style by its digest, and nothing else at all (CSP level 3); where there is a form, also to send it back here.
    static func contentSecurityPolicy(hasForm: Bool) -> String { hasForm ? policies.form : policies.plain }

    private static let policies: (plain: String, form: String) = {
        let digest = Data(Digest(of: Array(css.utf8)).bytes).base64EncodedString()
        func policy(_ formAction: String) -> String {
            "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action \(formAction); "
                + "frame-ancestors 'none'"
        }
        return (policy("'none'"), policy("'self'"))
    }()
}
