import cbor2
