import Licence
import TestSupport
import Testing

@Suite struct LocationTests {
    @Test(arguments: [
        ("32.68811", "119.00412", 32_688_110, 119_004_120), ("-0.000001", "0", -1, 0),
        ("90", "180", 90_000_000, 180_000_000),
        ("-90.000000", "-180.0", -90_000_000, -180_000_000), ("-0", "-0.0", 0, 0),
    ])
    func readsDegreesToTheMillionth(latitude: String, longitude: String, north: Int, east: Int) throws {
        let location = try Location(latitude: latitude, longitude: longitude)
        #expect(location.microLatitude == north)
        #expect(location.microLongitude == east)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".1", "+1", "1e1", "1.2.3", "32.1234567", "１", "--1", "0001", "90.000001", "-91", "32°",
        " 1",
    ])
    func refusesWhatIsNoLatitude(text: String) {
        let error = #expect(throws: LicenceError.self) { try Location(latitude: text, longitude: "0") }
        #expect(error?.code == .malformedLocation)
        #expect(error?.field == "location.latitude")
    }

    @Test(arguments: ["180.000001", "-181", "999", "east"])
    func refusesWhatIsNoLongitude(text: String) {
        let error = #expect(throws: LicenceError.self) { try Location(latitude: "0", longitude: text) }
        #expect(error?.code == .malformedLocation)
        #expect(error?.field == "location.longitude")
    }

    @Test func comesBackFromItsOwnText() throws {
        var invention = Invention(seed: 8)
        for _ in 0..<500 {
            let location = try invention.location()
            #expect(try Location(latitude: location.latitude, longitude: location.longitude) == location)
        }
    }
}
