import ArgumentParser
import Serving

extension ListenAddress: ExpressibleByArgument {
    static let standard = ListenAddress(host: "127.0.0.1", port: 8_787)

    package init?(argument: String) { self.init(argument) }

    package var defaultValueDescription: String { description }
}
