import AsyncAlgorithms
import Foundation
import Hummingbird
import Licence
import NIOCore
import Serving
import Verification

/// Many codes in one request: NDJSON in, NDJSON out, a verdict a line and in order, while the request is still arriving.
///
/// Whatever lines have arrived are checked together, spread over the processor's cores; the next part of the request is read when there is
/// room for it, and the answer is written as fast as it is taken.
struct BatchRoute {
    let verdicts: Verdicts
    let limits: Limits

    static let mediaType = "application/x-ndjson"

    func add(to router: Router<VerifierContext>) { router.only(.post, "/v1/verify/batch", batch) }

    @Sendable private func batch(_ request: Request, _ context: VerifierContext) async throws -> Response {
        guard HeaderParameters(request.headers[.contentType] ?? "").value.lowercased() == Self.mediaType else {
            throw Problem(.unsupportedMediaType, "send {\"code\": \"…\"} a line as \(Self.mediaType)")
        }
        try request.checkCoding()
        try request.checkLength(upTo: MaximumBody.lines)
        let client = limits.client(of: request.head, from: context.peer)
        let share = try limits.batch(of: client)
        let body = ResponseBody { writer in
            defer { withExtendedLifetime(share) {} }
            let isWhole = try await answer(request.body, of: client, on: context.channel, writer: &writer)
            try await writer.finish(nil)
            // The rest of what is too long is not waited for.
            if !isWhole { throw Problem.tooLarge(MaximumBody.lines) }
        }
        return Response(
            status: .ok,
            headers: [.contentType: Self.mediaType, .cacheControl: "no-store"],
            body: body
        )
    }

    /// Answers line by line; false where the request was too long, which the last line says.
    @concurrent private func answer(
        _ body: RequestBody,
        of client: Client,
        on channel: any Channel,
        writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        let parts = AsyncChannel<Task<[UInt8], Never>>()
        let reader = Task { try await read(body, at: limits.pace(of: client), into: parts) }
        // Who is gone waits for nothing, and has no place any more.
        channel.onClose { reader.cancel() }
        defer {
            reader.cancel()
            channel.onClose(nil)
        }
        return try await withTaskCancellationHandler {
            for await part in parts {
                try await writer.write(ByteBuffer(bytes: part.value))
            }
            return try await reader.value
        } onCancel: {
            reader.cancel()
        }
    }

    /// Begins to check what arrives; `parts` takes the next one when the one before is being written.
    ///
    /// What goes beyond a limit is refused behind the answers to what came before it.
    private func read(
        _ body: RequestBody,
        at pace: LinePace,
        into parts: AsyncChannel<Task<[UInt8], Never>>
    ) async throws -> Bool {
        defer { parts.finish() }
        var (lines, pace) = (BatchLines(), pace)
        var room = MaximumBody.lines
        for try await buffer in body {
            var arrived = lines.take(buffer.readableBytesView.prefix(room))[...]
            while !arrived.isEmpty {
                let some = Array(arrived.prefix(pace.linesAtOnce))
                arrived = arrived.dropFirst(some.count)
                try await pace.wait(for: some.count)
                await parts.send(Task.detached { await self.check(some) })
            }
            room -= buffer.readableBytes
            if let refusal = lines.refusal ?? (room < 0 ? Problem.tooLarge(MaximumBody.lines) : nil) {
                let number = lines.number
                await parts.send(Task { Self.line(of: refusal, number) })
                return false
            }
        }
        let last = lines.takeRest()
        if !last.isEmpty { await parts.send(Task.detached { await self.check(last) }) }
        return true
    }

    /// Lines that are checked by one core at a time.
    private static let share = 16

    private func check(_ lines: [BatchLines.Line]) async -> [UInt8] {
        guard lines.count > Self.share else { return checkOnOneCore(lines[...]) }
        return await withTaskGroup(of: (Int, [UInt8]).self) { group in
            let starts = stride(from: 0, to: lines.count, by: Self.share)
            for start in starts {
                group.addTask { (start, checkOnOneCore(lines[start..<min(start + Self.share, lines.count)])) }
            }
            var answers = [[UInt8]](repeating: [], count: starts.underestimatedCount)
            for await (start, answer) in group { answers[start / Self.share] = answer }
            return Array(answers.joined())
        }
    }

    private func checkOnOneCore(_ lines: ArraySlice<BatchLines.Line>) -> [UInt8] {
        var answer: [UInt8] = []
        answer.reserveCapacity(lines.count * 2_048)
        for line in lines {
            do throws(Problem) {
                guard let text = line.text else {
                    throw Problem(.contentTooLarge, "the line is longer than \(BatchLines.maximumLine) bytes")
                }
                answer += verdicts.verdict(of: try VerifyRequest.code(in: text)).json()
                answer.append(UInt8(ascii: "\n"))
            } catch { answer += Self.line(of: error, line.number) }
        }
        return answer
    }

    private static func line(of problem: Problem, _ number: Int) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = (try? encoder.encode(problem.document(line: number))) ?? Data("{}".utf8)
        return Array(json) + [UInt8(ascii: "\n")]
    }
}

/// The lines of a request that arrives in parts.
struct BatchLines {
    /// The greatest number of bytes of a line.
    static let maximumLine = MaximumBody.text

    struct Line {
        /// From 1, empty ones counted.
        let number: Int
        /// Nil for one that is too long.
        let text: [UInt8]?
    }

    /// How many lines of nothing a batch may have.
    static let mostEmpty = 10_000

    /// The number of the line that is arriving; where there is a ``refusal``, of the line that it is about.
    private(set) var number = 1
    private var empty = 0
    private var begun: [UInt8] = []
    private var isTooLong = false

    /// Why nothing more is taken.
    var refusal: Problem? {
        guard empty > Self.mostEmpty else { return nil }
        return Problem(.badRequest, "the batch has more than \(Self.mostEmpty) empty lines")
    }

    /// The lines that end in this part; those of nothing but spaces and tabs are none.
    mutating func take(_ part: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = part[...]
        while refusal == nil, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            if let line = endLine() { lines.append(line) }
            rest = rest[rest.index(after: end)...]
        }
        append(rest)
        return lines
    }

    /// The last line, which needs no end.
    mutating func takeRest() -> [Line] { endLine().map { [$0] } ?? [] }

    private mutating func append(_ part: some Collection<UInt8>) {
        guard !isTooLong else { return }
        // The end may be two characters, of which one has arrived.
        isTooLong = begun.count + part.count > Self.maximumLine + 1
        if isTooLong { begun = [] } else { begun.append(contentsOf: part) }
    }

    private mutating func endLine() -> Line? {
        defer {
            if refusal == nil { number += 1 }
            begun = []
            isTooLong = false
        }
        if begun.last == UInt8(ascii: "\r") { begun.removeLast() }
        isTooLong = isTooLong || begun.count > Self.maximumLine
        guard isTooLong || !begun.allSatisfy(JSONText.isSpace) else {
            empty += 1
            return nil
        }
        return Line(number: number, text: isTooLong ? nil : begun)
    }
}
