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
            let claims = try code.claims()
            if json { try Console.json(Document(code, claims)) } else { show(code, claims) }
            if let cose { try DurableFile.write(code.cose.encoded, to: cose) }
        } catch let error as CodeError {
            throw Failure(exitCode: VerdictWord.malformed.exitCode, message: "malformed: \(error.reason)")
        }
    }

    private struct Document: Encodable {
        let format = 1
        let algorithm: String
        let issuer: Int
        let compression: String
        let list: Int
        let index: Int
        let codeBytes: Int
        let payloadBytes: Int
        let claimBytes: Int
        let digest: String
        let digits: String
        let signature: String
        let licence: LicenceDocument

        init(_ code: UnverifiedCode, _ claims: Claims) {
            algorithm = code.algorithm.rawValue
            issuer = code.issuerNumber.value
            compression = code.compression == .none ? "none" : "deflate, dictionary 1"
            list = claims.reference.list
            index = claims.reference.index
            codeBytes = code.bytes.count
            payloadBytes = code.payload.count
            claimBytes = claims.encoded.count
            digest = code.digest.description
            digits = code.digits
            signature = code.signature.hexadecimal
            licence = LicenceDocument(claims)
        }
    }

    private func show(_ code: UnverifiedCode, _ claims: Claims) {
        let document = Document(code, claims)
        print("licence code, format version 1, \(document.codeBytes) bytes; nothing here is checked")
        print("  algorithm: \(document.algorithm), issuer: key \(document.issuer)")
        print("  status entry: list \(document.list), index \(document.index)")
        print("  claims: \(document.claimBytes) bytes, carried in \(document.payloadBytes) (\(document.compression))")
        print("  digest: \(document.digest)")
        print("")
        VerdictText.printLicence(claims)
    }
}
