import ArgumentParser
import Hummingbird
import ServiceLifecycle

@main struct Licetd: ParsableCommand { func run() { print("x") } }
