// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6, the coming features, every warning an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// The modules that call C.
let strictMemory = strict + [.strictMemorySafety()]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]
let strictCXX: [CXXSetting] = [.treatAllWarnings(as: .error)]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let atomics = Target.Dependency.product(name: "Atomics", package: "swift-atomics")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "licet",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-atomics.git", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .target(name: "COpenSSL", cSettings: strictC, linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CPKCS11", cSettings: strictC, linkerSettings: [.linkedLibrary("p11-kit")]),
        .target(name: "CLinux", cSettings: strictC),
        .target(name: "CZlib", cSettings: strictC, linkerSettings: [.linkedLibrary("z")]),

        .target(name: "CQRCode", cSettings: strictC, linkerSettings: [.linkedLibrary("qrencode")]),
        .target(name: "CPNG", cSettings: strictC, linkerSettings: [.linkedLibrary("png16")]),
        .target(name: "CJPEG", cSettings: strictC, linkerSettings: [.linkedLibrary("turbojpeg")]),
        .target(name: "CZXing", cxxSettings: strictCXX, linkerSettings: [.linkedLibrary("ZXing")]),

        .target(name: "OpenSSL", dependencies: ["COpenSSL"], swiftSettings: strictMemory),
        .target(name: "Token", dependencies: ["CPKCS11", "OpenSSL"], swiftSettings: strictMemory),
        .target(name: "Licence", swiftSettings: strict),
        .target(name: "LicenceCode", dependencies: ["Licence", "OpenSSL", "CZlib"], swiftSettings: strictMemory),
        .target(name: "CCurl", cSettings: strictC),
        .target(name: "Fetching", dependencies: ["CCurl", "CZlib"], swiftSettings: strictMemory),
        .target(name: "TransparencyLog", dependencies: ["OpenSSL"], swiftSettings: strict),
        .target(
            name: "Publication",
            dependencies: ["CLinux", "Licence", "LicenceCode", "OpenSSL", "TransparencyLog"],
            swiftSettings: strict
        ),
        .target(
            name: "Verification",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "TransparencyLog", atomics],
            swiftSettings: strict
        ),
        .target(
            name: "Syncing",
            dependencies: [
                "Fetching", "Licence", "LicenceCode", "OpenSSL", "Publication", "TransparencyLog",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Symbol",
            dependencies: ["CQRCode", "CPNG", "CJPEG", "CZXing"],
            swiftSettings: strictMemory
        ),
        .target(
            name: "Registry",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", grdb],
            swiftSettings: strict
        ),
        .target(
            name: "Authority",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "Registry", "Token"],
            swiftSettings: strict
        ),
        .target(
            name: "Licensing",
            dependencies: [
                "Authority", "Licence", "LicenceCode", "OpenSSL", "Publication", "Registry", "TransparencyLog",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Audit",
            dependencies: [
                "Authority", "Licence", "LicenceCode", "Licensing", "OpenSSL", "Publication", "Registry",
                "TransparencyLog",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Ceremony",
            dependencies: ["Authority", "Licence", "LicenceCode", "OpenSSL", "Publication", "Token", yams],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licet",
            dependencies: [
                "Audit", "Authority", "CLinux", "Ceremony", "Licence", "LicenceCode", "Licensing", "OpenSSL",
                "Publication", "Registry", "Serving", "Symbol", "Syncing", "TransparencyLog", "Verification",
                "WitnessService", argumentParser, logging,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Serving",
            dependencies: [
                atomics, hummingbird, hummingbirdCore, lifecycle, logging, nio, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, unixSignals,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "WitnessService",
            dependencies: ["OpenSSL", "Publication", "TransparencyLog", hummingbird, logging],
            swiftSettings: strict
        ),
        .target(
            name: "VerifierService",
            dependencies: [
                "CLinux", "Licence", "LicenceCode", "OpenSSL", "Publication", "Serving", "Symbol", "TransparencyLog",
                "Verification", asyncAlgorithms, atomics, httpTypes, hummingbird, lifecycle, logging, nio, nioHTTP1,
            ],
            resources: [.embedInCode("openapi.yaml")],
            swiftSettings: strict
        ),
        .target(
            name: "Register",
            dependencies: ["Licence", "OpenSSL", "Publication", "VerifierService", grdb, logging],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licetd",
            dependencies: [
                "Licence", "LicenceCode", "OpenSSL", "Publication", "Register", "Serving", "Syncing",
                "Verification", "VerifierService", argumentParser, lifecycle, logging, unixSignals, yams,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "TestSupport",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "LicenceTests", dependencies: ["Licence", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "OpenSSLTests",
            dependencies: ["OpenSSL", "TestSupport"],
            resources: [.copy("Vectors")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TokenTests",
            dependencies: ["CPKCS11", "OpenSSL", "TestSupport", "Token"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LicenceCodeTests",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "TestSupport"],
            exclude: [
                "make_vectors.py", "outside_authority.py", "second_decoder.py", "second_packer.py",
                "second_signatures.py", "worked_example.py",
            ],
            resources: [.copy("Vectors"), .copy("independent_check.py")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FetchingTests",
            dependencies: ["Fetching", "TestSupport"],
            resources: [.copy("server.py")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TransparencyLogTests",
            dependencies: ["OpenSSL", "TestSupport", "TransparencyLog"],
            resources: [.copy("tlog_client.py")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PublicationTests",
            dependencies: [
                "Licence", "LicenceCode", "OpenSSL", "Publication", "Syncing", "TestSupport", "TransparencyLog",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "VerificationTests",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "TestSupport", "Verification"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "Registry", "TestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AuthorityTests",
            dependencies: [
                "Audit", "Authority", "Ceremony", "Licence", "LicenceCode", "Licensing", "OpenSSL", "Publication",
                "Registry", "TestSupport", "Verification", grdb,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SymbolTests",
            dependencies: ["CPNG", "Symbol", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServingTests",
            dependencies: ["Serving", hummingbird, nio, nioEmbedded, nioHTTP1],
            swiftSettings: strict
        ),
        .testTarget(
            name: "VerifierServiceTests",
            dependencies: [
                "Licence", "LicenceCode", "OpenSSL", "Publication", "Serving", "Symbol", "TestSupport", "Verification",
                "VerifierService", "licetd",
                hummingbird, hummingbirdCore, logging, nio, nioEmbedded, nioHTTP1, yams,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RegisterTests",
            dependencies: [
                "Licence", "LicenceCode", "OpenSSL", "Publication", "Register", "Registry", "TestSupport",
                "VerifierService", grdb,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "EndToEndTests", dependencies: ["licet", "licetd", "TestSupport"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// Measures single stages of the licence code, keys, publications, and large registries; see scripts/bench.
if Context.environment["LICET_BENCH"] == "1" {
    package.targets += [
        .executableTarget(
            name: "licet-code-bench",
            dependencies: ["LicenceCode", "OpenSSL"],
            path: "Tests/CodeBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licet-daemon-bench",
            dependencies: [
                "Licence", "OpenSSL", "Publication", "Serving", "TestSupport", hummingbird, logging, nio, nioHTTP1,
            ],
            path: "Tests/DaemonBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licet-key-bench",
            dependencies: ["Licence", "LicenceCode", "OpenSSL", "Publication", "TestSupport"],
            path: "Tests/KeyBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licet-publication-bench",
            dependencies: [
                "CZlib", "Licence", "LicenceCode", "OpenSSL", "Publication", "TestSupport", "TransparencyLog",
            ],
            path: "Tests/PublicationBench",
            swiftSettings: strictMemory
        ),
        .executableTarget(
            name: "licet-registry-bench",
            dependencies: ["Authority", "Licence", "LicenceCode", "OpenSSL", "Publication", "Registry", "TestSupport"],
            path: "Tests/RegistryBench",
            swiftSettings: strict
        ),
    ]
}

// Fuzzing has a main loop that is not ours and wants every module with other flags; see scripts/fuzz.
if Context.environment["LICET_FUZZ"] == "1" {
    package.targets += [
        .target(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer", cSettings: strictC),
        .executableTarget(
            name: "licet-fuzz",
            dependencies: [
                "CLibFuzzer", "Licence", "LicenceCode", "OpenSSL", "Publication", "Symbol", "TestSupport",
                "TransparencyLog",
            ],
            path: "Tests/Fuzz/LicetFuzz",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licet-differential",
            dependencies: ["LicenceCode", "OpenSSL"],
            path: "Tests/Fuzz/LicetDifferential",
            swiftSettings: strict
        ),
    ]
}
