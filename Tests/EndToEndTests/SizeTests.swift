import Testing

/// The part of `scripts/bench --size` that needs no release build.
@Suite struct SizeTests {
    /// It reads pictures back and stops where its ruler, by which the rivals are measured too, finds another version.
    @Test func theBenchMeasuresRivalsByTheRulerThatFitsOurOwnPictures() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let script = """
            import pathlib, sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import size
            size.measure(sys.argv[2], pathlib.Path(sys.argv[3]), *size.invented(30, 1, "counted"))
            """
        let measured = try bench.run(
            "/usr/bin/env",
            [
                "python3", "-c", script, "\(Workbench.repository)/scripts", Workbench.program("licet"), bench.folder,
            ]
        )
        #expect(measured.status == 0, "\(measured.error)")
        for row in ["30 measured", "HCERT", "SMART Health Card", "Licet, full", "Licet, core"] {
            #expect(measured.output.contains(row))
        }
    }

    /// The other mode and the borders that our own pictures never come near (ISO/IEC 18004, table 7).
    @Test func theRulerKnowsTheCapacitiesOfTheStandard() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let script = """
            import sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import rivals
            capacities = {"numeric": (34, 604, 5596), "alphanumeric": (20, 366, 3391), "byte": (14, 251, 2331)}
            for mode, (first, eleventh, last) in capacities.items():
                for length, version in ((first, 1), (first + 1, 2), (eleventh, 11), (eleventh + 1, 12), (last, 40)):
                    assert rivals.qr_version([(mode, length)]) == version, (mode, length, version)
                assert rivals.qr_version([(mode, last + 1)]) is None
            assert rivals.base45(b"Hello!!") == "%69 VD92EX0", "RFC 9285, section 4.3"
            """
        let checked = try bench.run("/usr/bin/env", ["python3", "-c", script, "\(Workbench.repository)/scripts"])
        #expect(checked.status == 0, "\(checked.error)")
    }
}
