import Foundation
import OpenSSL
import Synchronization
import Testing
import Token

struct ConcurrencyTests {
    @Test func fourThreadsSignAtOnceWithTwoKeys() throws {
        let token = try SoftHSM.open(.threads)
        let keys = try [Algorithm.es256, .edDSA].map { try token.generateKey(algorithm: $0, label: $0.rawValue) }
        let good = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 0..<200 {
                let message = Array("\(thread) \(number)".utf8)
                let key = keys[(thread + number) % 2]
                guard let signature = try? key.signature(of: message) else { continue }
                if key.publicKey.verifies(signature, of: message) { good.withLock { $0 += 1 } }
            }
        }
        #expect(good.withLock { $0 } == 800)
    }
}
