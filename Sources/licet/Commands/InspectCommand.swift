import ArgumentParser
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Verification

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a code carries, trusting nobody.",
        discussion: """
            Example: licet inspect photo.jpg --cose licence.cose

            Nothing is checked but the form: anybody can make a code that says this. `licet verify` gives the verdict.
            """
    )

    @Argument(help: ArgumentHelp("An image or a code.", valueName: "input"))
    var input: String

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write the standard COSE_Sign1 here.", valueName: "file"))
    var cose: String?

    func run() throws {
        let found = try VerificationInput.inputs(input)
        guard found.count == 1, let only = found.first else { throw Failure.usage("inspect takes one code") }
        let text = try only.text.get()
        do {
            let code = try UnverifiedCode(text: text)
            if json { try Console.json(Document(code)) } else { show(code) }
            if let cose { try DurableFile.write(code.cose.encoded, to: cose) }
        } catch let error as CodeError {
            throw Failure(exitCode: VerdictWord.malformed.exitCode, message: "malformed: \(error.reason)")
        }
    }

    private struct Document: Encodable {
        let format = 1
        let algorithm: String
        let issuer: Int
        let textCoding: String
        let list: Int
        let index: Int
        let codeBytes: Int
        let packedBytes: Int
        let claimBytes: Int
        let digest: String
        let digits: String
        let signature: String
        let licence: LicenceDocument

        init(_ code: UnverifiedCode) {
            let claims = code.claims
            algorithm = code.algorithm.rawValue
            issuer = code.issuerNumber.value
            textCoding = code.coding.name
            list = claims.reference.list
            index = claims.reference.index
            codeBytes = code.bytes.count
            packedBytes = code.packed.count
            claimBytes = claims.encoded.count
            digest = code.digest.description
            digits = code.digits
            signature = code.signature.hexadecimal
            licence = LicenceDocument(claims)
        }
    }

    private func show(_ code: UnverifiedCode) {
        let document = Document(code)
        let lines = [
            Bilingual(
                en: "licence code, format version 1, \(document.codeBytes) bytes; nothing here is checked",
                zh: "执照码，格式第 1 版，\(document.codeBytes) 字节；以下内容均未核验"
            ),
            Bilingual(
                en: "  algorithm: \(document.algorithm), issuer: key \(document.issuer)",
                zh: "  算法：\(document.algorithm)，签发密钥：第 \(document.issuer) 号"
            ),
            Bilingual(
                en: "  status entry: list \(document.list), index \(document.index)",
                zh: "  状态清单：第 \(document.list) 册第 \(document.index) 项"
            ),
            Bilingual(
                en:
                    "  claims: \(document.claimBytes) bytes, carried in \(document.packedBytes) (\(document.textCoding))",
                zh: "  内容：\(document.claimBytes) 字节，以 \(document.packedBytes) 字节承载（\(document.textCoding)）"
            ),
            Bilingual(en: "  digest: \(document.digest)", zh: "  摘要：\(document.digest)"),
        ]
        for line in lines { print(Speech.say(line)) }
        print("")
        VerdictText.printLicence(code.claims)
    }
}

extension TextCoding {
    fileprivate var name: String {
        switch self {
        case .plain: "UTF-8"
        case .deflate: "deflate"
        case .dictionary1: "deflate, dictionary 1"
        }
    }
}
