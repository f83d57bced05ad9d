import Hummingbird
import Licence
import Publication

/// The front page, and what its forms are answered with: the way to a verdict, or a page that says what was wrong.
///
/// A form that another site sends here is answered like any other. It changes nothing, there is nobody logged in, and what was sent
/// is not shown again; so all it can do is what a link can.
struct FormRoutes {
    let publication: @Sendable () -> LoadedPublication
    /// Whether the publication is fetched, and nothing that is believed comes any more.
    let isCutOff: @Sendable () -> Bool
    let now: @Sendable () -> Instant
    let pages: PageSettings
    let photos: PhotoReader
    let limits: Limits

    func add(to router: Router<VerifierContext>) {
        for method in [HTTPRequest.Method.get, .head] { router.on("/", method: method, use: front) }
        router.on("/", method: .post, use: form)
        for method in [HTTPRequest.Method.put, .patch, .delete, .options, .trace, .connect] {
            router.on("/", method: method) { _, _ -> Response in
                let allow = "GET, HEAD, POST"
                throw Problem(.methodNotAllowed, "this path answers \(allow) only", headers: [.allow: allow])
            }
        }
    }

    @Sendable private func front(_ request: Request, _: VerifierContext) -> Response {
        page(request, refusal: nil).response(.ok, [.vary: "Accept-Language"])
    }

    @Sendable private func form(_ request: Request, _ context: VerifierContext) async throws -> Response {
        let boundary = MultipartForm.boundary(of: request.headers[.contentType] ?? "")
        // Browsers send no form with parts but that for photos.
        let share = try boundary.map { _ in try limits.photo(of: limits.client(of: request.head, from: context.peer)) }
        defer { withExtendedLifetime(share) {} }
        do throws(FormRefusal) {
            let code =
                if let boundary { try await photoOrCode(request, boundary) } else { try await typedCode(request) }
            // The language that was chosen goes on; one that the browser asks for it asks for again.
            let language = request.uri.queryParameters["lang"].flatMap { Language(rawValue: String($0)) }
            let address = "/L/\(code.digits)" + (language.map { "?lang=\($0.rawValue)" } ?? "")
            return Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
        } catch {
            let headers = error.headers
            guard !Preferences(request.headers[.accept]).preferJSON else {
                let detail = "\(error.title.en): \(error.advice.map(\.en).joined(separator: " "))"
                throw Problem(error.status, detail, headers: headers)
            }
            return page(request, refusal: error).response(error.status, headers)
        }
    }

    private func page(_ request: Request, refusal: FormRefusal?) -> Page {
        let publication = publication()
        return FrontPage(
            language: Language(of: request),
            notes: AuthorityNotes(pages, trust: try? publication.snapshot.trust.get()),
            state: PublicationState(publication.contents, isCutOff: isCutOff(), now: now()),
            refusal: refusal
        ).page
    }
}

// MARK: - What was sent

extension FormRoutes {
    private func typedCode(_ request: Request) async throws(FormRefusal) -> SubmittedCode {
        guard
            HeaderParameters(request.headers[.contentType] ?? "").value.lowercased()
                == "application/x-www-form-urlencoded"
        else {
            throw .otherMediaType
        }
        let body: [UInt8]
        do { body = try await request.body(upTo: MaximumBody.text) } catch { throw FormRefusal(reading: error) }
        // What has other fields is the form of something else, as it is with parts.
        guard let fields = try? URLEncodedForm(body).fields, fields.count <= 1, fields.allSatisfy({ $0.name == "code" })
        else { throw .brokenForm }
        return try SubmittedCode(fields.first?.value ?? "")
    }

    /// Reads a form that may hold a photo; the place for the photo is had before the body is taken in.
    private func photoOrCode(_ request: Request, _ boundary: String) async throws(FormRefusal) -> SubmittedCode {
        do {
            let place = try photos.place()
            defer { withExtendedLifetime(place) {} }
            var body = try await request.body(for: place)
            guard let form = try? MultipartForm(body, boundary: boundary) else { throw FormRefusal.brokenForm }
            let (photo, code) = try Self.fields(of: form)
            switch (photo, code) {
            case (nil, nil): throw FormRefusal.nothingGiven
            case (_?, _?): throw FormRefusal.bothGiven
            case (nil, let code?):
                return try SubmittedCode(
                    String(decoding: body[code].prefix(MaximumBody.text), as: UTF8.self)
                )
            case (let photo?, nil):
                // The photo is cut out where it lies.
                body.removeSubrange(photo.upperBound...)
                body.removeSubrange(..<photo.lowerBound)
                let text = try await place.text(in: body)
                do throws(FormRefusal) { return try SubmittedCode(text) } catch { throw error.asOfPhoto }
            }
        } catch let refusal as FormRefusal { throw refusal } catch let error as PhotoError {
            throw FormRefusal(error)
        } catch { throw FormRefusal(reading: error) }
    }

    /// Where the photo and the code lie; nil for what was left empty.
    private static func fields(of form: MultipartForm) throws(FormRefusal) -> (photo: Range<Int>?, code: Range<Int>?) {
        var (photo, code): (Range<Int>?, Range<Int>?)
        var names: Set<String> = []
        for part in form.parts {
            guard names.insert(part.name).inserted else { throw .brokenForm }
            switch (part.name, part.filename) {
            case ("photo", _): photo = part.content.isEmpty ? nil : part.content
            case ("code", nil): code = part.content.isEmpty ? nil : part.content
            default: throw .brokenForm
            }
        }
        return (photo, code)
    }
}

extension FormRefusal {
    /// Of a body that was not taken in: it is too long, or the client has gone and what it sent has no end.
    fileprivate init(reading error: any Error) {
        self = (error as? Problem)?.status == .contentTooLarge ? .tooLarge : .brokenForm
    }
}
