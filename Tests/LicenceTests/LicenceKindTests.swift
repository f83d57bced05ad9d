import Licence
import Testing

/// The table of kinds in the product description, row by row.
@Suite struct LicenceKindTests {
    @Test(
        arguments: [
            (.company, "法定代表人", "住所", "注册资本"), (.nonCompanyLegalPerson, "法定代表人", "住所", "注册资本"),
            (.partnership, "执行事务合伙人(委派代表)", "主要经营场所", "出资额"), (.soleProprietorship, "投资人", "住所", nil),
            (.individualBusiness, "经营者", "经营场所", nil), (.cooperative, "法定代表人", "住所", "成员出资总额"),
            (.branch, "负责人", "营业场所", nil),
        ] as [(LicenceKind, String, String, String?)]
    )
    func printsTheLabelsOfItsKind(kind: LicenceKind, representative: String, address: String, capital: String?) {
        #expect(kind.representativeLabel.zh == representative)
        #expect(kind.addressLabel.zh == address)
        #expect(kind.capitalLabel?.zh == capital)
    }

    @Test(arguments: LicenceKind.allCases)
    func onlyACompanyMustStateItsCapital(kind: LicenceKind) throws {
        var application = try Sample.application(of: kind)
        application.fields[.capitalAmount] = nil
        application.fields[.capitalCurrency] = nil
        if kind == .company {
            #expect(application.refusals == [Refused(.missingField, "capital")])
        } else {
            #expect(application.refusals == [])
        }
    }

    @Test(arguments: LicenceKind.allCases)
    func onlyKindsWithALabelMayStateCapital(kind: LicenceKind) throws {
        var application = try Sample.application(of: kind)
        application.fields[.capitalAmount] = "500000.00"
        application.fields[.capitalCurrency] = "CNY"
        #expect(application.refusals == (kind.capitalLabel == nil ? [Refused(.fieldNotOfKind, "capital")] : []))
    }

    @Test(arguments: LicenceKind.allCases)
    func onlyAnIndividualBusinessMayStateItsComposition(kind: LicenceKind) throws {
        var application = try Sample.application(of: kind)
        application.fields[.composition] = "family"
        let expected = kind == .individualBusiness ? [] : [Refused(.fieldNotOfKind, "composition")]
        #expect(application.refusals == expected)
    }

    /// 91 enterprise, 92 individual business, 93 cooperative; 11 is the organ of a public authority.
    @Test(arguments: LicenceKind.allCases)
    func takesOnlyCreditCodesOfItsCategory(kind: LicenceKind) throws {
        let fitting: [LicenceKind: Set<String>] = [
            .individualBusiness: ["92"], .cooperative: ["93"], .branch: ["91", "93"],
        ]
        for front in ["91", "92", "93", "11", "N1"] {
            var application = try Sample.application(of: kind)
            application.fields[.creditCode] = Sample.creditCode(front)
            let fits = fitting[kind, default: ["91"]].contains(front)
            #expect(
                application.refusals == (fits ? [] : [Refused(.creditCodeDoesNotFitKind, "creditCode")]),
                "\(front)"
            )
        }
    }
}

@Suite struct StatusTests {
    @Test(arguments: LicenceStatus.allCases)
    func onlyASuspendedOrDormantLicenceBecomesValidAgain(status: LicenceStatus) {
        let returns = LicenceAct.allCases.contains { $0.outcome(from: status) == .status(.valid) && !$0.makesVersion }
        #expect(returns == (status == .suspended || status == .dormant))
        #expect(status.isReversible == returns)
    }

    @Test(arguments: [LicenceStatus.superseded, .cancelled, .annulled])
    func nothingFollowsAFinalStatus(status: LicenceStatus) {
        #expect(LicenceAct.legal(from: status).isEmpty)
    }

    @Test func afterARelocationAnotherOfficeIssuesOrTheLicenceEnds() {
        #expect(LicenceAct.legal(from: .relocated) == [.issue, .revoke, .cancel, .annul])
    }

    /// 吊销后注销.
    @Test func whatWasRevokedIsCancelledWhenTheBusinessIsDeregistered() {
        #expect(LicenceAct.legal(from: .revoked) == [.cancel])
    }

    @Test func revocationAndCancellationHaveDifferentNames() {
        #expect(LicenceStatus.revoked.name.zh == "吊销")
        #expect(LicenceStatus.cancelled.name.zh == "注销")
        #expect(Set(LicenceStatus.allCases.map(\.name.zh)).count == LicenceStatus.allCases.count)
        #expect(Set(LicenceStatus.allCases.map(\.name.en)).count == LicenceStatus.allCases.count)
    }
}
