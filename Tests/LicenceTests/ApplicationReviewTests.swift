import Licence
import TestSupport
import Testing

@Suite struct ApplicationReviewTests {
    @Test(arguments: LicenceKind.allCases)
    func acceptsAnOrdinaryApplicationWithoutRepairs(kind: LicenceKind) throws {
        let reviewed = try Sample.application(of: kind).review()
        #expect(reviewed.particulars.kind == kind)
        #expect(reviewed.repairs.isEmpty)
    }

    @Test(arguments: [
        (ApplicationField.creditCode, "91110000600037341X", LicenceError.Code.malformedCreditCode, "creditCode"),
        (.kind, "corporation", .unknownKind, "kind"),
        (.name, "", .emptyField, "name"),
        (.name, " \u{3000}\t\n", .emptyField, "name"),
        (.name, String(repeating: "长", count: 201), .tooLong, "name"),
        (.type, String(repeating: "长", count: 101), .tooLong, "type"),
        (.representative, String(repeating: "长", count: 201), .tooLong, "representative"),
        (.address, String(repeating: "长", count: 301), .tooLong, "address"),
        (.scope, String(repeating: "长", count: 8_001), .tooLong, "scope"),
        (.scope, String(repeating: "长", count: 100 * 1_024 / 3), .tooLong, "scope"),
        (.name, "天长\u{0}市", .forbiddenCharacter, "name"),
        (.name, "天长\n市", .forbiddenCharacter, "name"),
        (.name, "天长\u{7F}市", .forbiddenCharacter, "name"),
        (.name, "天长\u{200B}市", .forbiddenCharacter, "name"),
        (.name, "天长\u{202E}市", .forbiddenCharacter, "name"),
        (.name, "天长\u{2066}市", .forbiddenCharacter, "name"),
        (.name, "天长\u{2028}市", .forbiddenCharacter, "name"),
        (.name, "a" + String(repeating: "\u{0344}", count: 100), .forbiddenCharacter, "name"),
        (.name, String(repeating: "\u{0F73}", count: 50) + "店", .forbiddenCharacter, "name"),
        (.address, "永福路\u{FFFE}", .forbiddenCharacter, "address"),
        (.established, "2019-02-30", .impossibleDate, "established"),
        (.established, "2019年6月", .malformedDate, "established"),
        (.established, String(repeating: "2", count: 65), .tooLong, "established"),
        (.termTo, "2049-06-11", .missingField, "term.from"),
        (.capitalAmount, "-5", .negativeAmount, "capital.amount"),
        (.capitalAmount, "five", .malformedAmount, "capital.amount"),
        (.capitalCurrency, "RMB¥", .unknownCurrency, "capital.currency"),
        (.latitude, "32.7", .missingField, "location.longitude"),
        (.longitude, "118.9", .missingField, "location.latitude"),
        (.composition, "both", .unknownComposition, "composition"),
    ])
    func namesTheFieldAndTheRule(
        field: ApplicationField,
        value: String,
        code: LicenceError.Code,
        named: String
    ) throws {
        var application = try Sample.application(of: field == .composition ? .individualBusiness : .company)
        application.fields[field] = value
        #expect(application.refusals == [Refused(code, named)])
    }

    @Test(arguments: [
        ApplicationField.creditCode, .kind, .name, .type, .representative, .capitalAmount, .capitalCurrency,
        .established,
        .address, .scope,
    ])
    func namesTheFieldThatIsMissing(field: ApplicationField) throws {
        var application = try Sample.application(of: .company)
        application.fields[field] = nil
        #expect(application.refusals == [Refused(.missingField, field.rawValue)])
    }

    @Test func refusesATermThatEndsBeforeItBegins() throws {
        var application = try Sample.application(of: .company)
        application.fields[.termFrom] = "2019-06-12"
        application.fields[.termTo] = "2019-06-11"
        #expect(application.refusals == [Refused(.datesOutOfOrder, "term.to")])
        application.fields[.termTo] = "2019-06-12"
        #expect(application.refusals == [])
    }

    @Test func reportsEveryErrorAtOnce() throws {
        var application = try Sample.application(of: .branch)
        application.fields[.name] = " "
        application.fields[.established] = "2019-13-01"
        application.fields[.scope] = nil
        application.fields[.capitalAmount] = "-1"
        application.fields[.capitalCurrency] = "CNY"
        let expected = [
            Refused(.emptyField, "name"), Refused(.missingField, "scope"), Refused(.impossibleDate, "established"),
            Refused(.negativeAmount, "capital.amount"), Refused(.fieldNotOfKind, "capital"),
        ]
        #expect(application.refusals == expected)
    }

    @Test func takesTheLongestTextsThatAreAllowed() throws {
        var application = try Sample.application(of: .company)
        for (field, limit) in Particulars.limits { application.fields[field] = String(repeating: "𠮷", count: limit) }
        let particulars = try application.review().particulars
        #expect(particulars.scope.unicodeScalars.count == 8_000)
    }

    @Test func trimsWhiteSpaceAndSaysSo() throws {
        var application = try Sample.application(of: .company)
        application.fields[.name] = "\u{3000} 天长市 晨光\u{00A0}\r\n"
        let reviewed = try application.review()
        #expect(reviewed.particulars.name == "天长市 晨光")
        #expect(reviewed.repairs.map(\.field) == [.name])
        #expect(reviewed.repairs.map(\.what) == [.trimmed])
    }

    @Test func composesIntoNFCAndSaysSo() throws {
        var application = try Sample.application(of: .company)
        application.fields[.representative] = "Rene\u{0301} Ko\u{0308}nig"
        let reviewed = try application.review()
        #expect(Array(reviewed.particulars.representative.unicodeScalars) == Array("René König".unicodeScalars))
        #expect(reviewed.repairs.map(\.field) == [.representative])
        #expect(reviewed.repairs.map(\.what) == [.normalised])
    }

    /// Compatibility forms, full width, rare Han characters and doubled spaces are what people registered.
    @Test func changesNothingElse() throws {
        let scope = "ＡＢＣ（含①号）、㈱,  ﬁ；𠮷野家·﨑\u{E0100}％"
        var application = try Sample.application(of: .company)
        application.fields[.scope] = scope
        let reviewed = try application.review()
        #expect(Array(reviewed.particulars.scope.utf8) == Array(scope.utf8))
        #expect(reviewed.repairs.isEmpty)
    }

    @Test func passesTheOfficersWordOnTheCheckCharacterThrough() throws {
        var application = try Sample.application(of: .company)
        application.fields[.creditCode] = "91350203M0001QKT19"
        #expect(application.refusals == [Refused(.malformedCreditCode, "creditCode")])
        #expect(try !application.review(checkCharacter: .mayDiffer).particulars.creditCode.hasMatchingCheckCharacter)
    }

    @Test func aRefusalQuotesNothingThatThePersonTyped() throws {
        var application = try Sample.application(of: .company)
        for field in ApplicationField.allCases { application.fields[field] = "秘密secret\u{0}" }
        let refusal = #expect(throws: Application.Refusal.self) { try application.review() }
        let description = try #require(refusal?.description)
        #expect(!description.contains("秘密") && !description.contains("secret"))
    }

    @Test func particularsComeBackFromTheirApplication() throws {
        var invention = Invention(seed: 1)
        for _ in 0..<500 {
            let particulars = try invention.particulars()
            let reviewed = try Application(particulars).review(checkCharacter: .mayDiffer)
            #expect(reviewed.particulars == particulars)
            #expect(reviewed.repairs.isEmpty)
        }
    }

    @Test func aLicenceIsNotIssuedBeforeTheBusinessExists() throws {
        let particulars = try Sample.application(of: .company).review().particulars
        let error = #expect(throws: LicenceError.self) {
            try Licence(particulars: particulars, version: 1, issued: CalendarDate("2019-06-11"))
        }
        #expect(error?.code == .datesOutOfOrder)
        #expect(try Licence(particulars: particulars, version: 1, issued: CalendarDate("2019-06-12")).version == 1)
    }
}
