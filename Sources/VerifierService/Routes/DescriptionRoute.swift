import Hummingbird

/// The description of all routes, which is part of the program.
struct DescriptionRoute {
    private static let file = PublishedFile(path: "openapi.yaml", bytes: PackageResources.openapi_yaml)

    func add(to router: Router<VerifierContext>) {
        router.only(.get, "/openapi.yaml") { request, _ in
            // RFC 9512
            try Self.file.response(to: request, mediaType: "application/yaml", caching: "public, max-age=300")
        }
    }
}
