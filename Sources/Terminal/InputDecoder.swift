// SPDX-License-Identifier: Apache-2.0
import Canvas

/// Bytes of a terminal as keys, pastes and clicks.
///
/// ncurses would hand a sequence it does not know over as the keys it is spelled with, and a paste as if it were typed;
/// either could press a key that does something. Here a sequence is a whole: known, or nothing. Only an escape byte before
/// a plain character is two keys, for that is how Escape and the next key arrive when they come together.
struct InputDecoder {
    private enum State {
        case ground
        /// A character of several bytes, `missing` of which are to come.
        case character([UInt8], missing: Int)
        case escape
        /// After ESC [.
        case sequence([UInt8])
        /// After ESC [ [: function keys of the Linux console.
        case consoleFunction
        /// After ESC O.
        case single
        /// After ESC [ M: button, column, row.
        case oldMouse([UInt8])
        /// A terminal's answer, up to its end mark, which nobody asked for.
        case answer(afterEscape: Bool)
        case paste
    }

    /// How long an escape byte may be alone before it is the Escape key.
    let escapeDelay: Duration
    private var state = State.ground
    /// The bytes of the paste that is under way.
    private var pasted: [UInt8] = []

    init(escapeDelay: Duration) { self.escapeDelay = escapeDelay }

    /// After how much silence ``silence()`` is to be called; nil when nothing is under way.
    var patience: Duration? {
        switch state {
        case .ground: nil
        case .escape: escapeDelay
        // Begun by a terminal, which sends the rest at once, unless it was cut short.
        case .character, .sequence, .consoleFunction, .single, .oldMouse, .answer: .milliseconds(250)
        // Its end may have been lost; keys must not be dead for ever.
        case .paste: .seconds(5)
        }
    }

    /// What has come whole with these bytes.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [TerminalEvent] {
        var events: [TerminalEvent] = []
        for byte in bytes { take(byte, &events) }
        return events
    }

    /// Nothing came for as long as ``patience``: what was begun is ended or forgotten.
    mutating func silence() -> [TerminalEvent] {
        defer { state = .ground }
        switch state {
        case .escape: return [.key(.escape)]
        case .paste: return [endPaste(without: 0)]
        default: return []
        }
    }

    private mutating func take(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch state {
        case .ground: begin(byte, &events)
        case .character(let bytes, let missing): continueCharacter(bytes + [byte], missing - 1, &events)
        case .escape: afterEscape(byte, &events)
        case .sequence(let bytes): continueSequence(bytes, byte, &events)
        case .consoleFunction:
            state = .ground
            if 0x41...0x45 ~= byte { events.append(.key(.function(Int(byte - 0x40)))) }
        case .single: endSingle(byte, &events)
        case .oldMouse(let bytes):
            state = bytes.count < 2 ? .oldMouse(bytes + [byte]) : .ground
            if bytes.count == 2 {
                let (column, row) = (Int(bytes[1]) - 32, Int(byte) - 32)
                events += Self.mouse(button: Int(bytes[0]) - 32, column, row, isPress: true)
            }
        case .answer(let isAfterEscape):
            let isEnd = byte == 0x07 || (isAfterEscape && byte == 0x5C)
            state = isEnd ? .ground : .answer(afterEscape: byte == 0x1B)
        case .paste: continuePaste(byte, &events)
        }
    }

    private mutating func begin(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch byte {
        case 0x1B: state = .escape
        case 0x0D, 0x0A: events.append(.key(.enter))
        case 0x09: events.append(.key(.tab))
        case 0x08, 0x7F: events.append(.key(.backspace))
        case 0x00: events.append(.key(.control(" ")))
        case 0x01...0x1A: events.append(.key(.control(Character(UnicodeScalar(byte + 0x60)))))
        case 0x1C...0x1F: events.append(.key(.control(Character(UnicodeScalar(byte + 0x40)))))
        case 0x20..<0x7F: events.append(.key(.character(Character(UnicodeScalar(byte)))))
        case 0xC2...0xDF: state = .character([byte], missing: 1)
        case 0xE0...0xEF: state = .character([byte], missing: 2)
        case 0xF0...0xF4: state = .character([byte], missing: 3)
        default: break  // no UTF-8
        }
    }

    private mutating func continueCharacter(_ bytes: [UInt8], _ missing: Int, _ events: inout [TerminalEvent]) {
        guard let last = bytes.last, 0x80..<0xC0 ~= last else {
            state = .ground
            // A character that broke off; the byte begins something of its own.
            if let last = bytes.last { begin(last, &events) }
            return
        }
        guard missing == 0 else {
            state = .character(bytes, missing: missing)
            return
        }
        state = .ground
        // U+0080 to U+009F are controls.
        if let text = String(validating: bytes, as: UTF8.self), let character = text.first,
            let scalar = text.unicodeScalars.first, scalar.value >= 0xA0
        {
            events.append(.key(.character(character)))
        }
    }

    private mutating func afterEscape(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch byte {
        case 0x5B: state = .sequence([])
        case 0x4F: state = .single
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F: state = .answer(afterEscape: false)
        default:
            events.append(.key(.escape))
            state = .ground
            begin(byte, &events)
        }
    }

    private mutating func continueSequence(_ bytes: [UInt8], _ byte: UInt8, _ events: inout [TerminalEvent]) {
        switch byte {
        case 0x5B where bytes.isEmpty: state = .consoleFunction
        case 0x4D where bytes.isEmpty: state = .oldMouse([])
        case 0x20..<0x40:
            // Longer than anything that has a meaning: its end is still waited for.
            state = .sequence(bytes.count < 64 ? bytes + [byte] : bytes)
        case 0x40..<0x7F:
            state = .ground
            let sequence = ControlSequence(bytes, final: byte)
            if sequence.beginsPaste { state = .paste }
            events += sequence.events
        default:
            state = .ground
            begin(byte, &events)
        }
    }

    private mutating func endSingle(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        state = .ground
        switch byte {
        case 0x41...0x44, 0x46, 0x48, 0x50...0x53: events += ControlSequence([], final: byte).events
        case 0x4D: events.append(.key(.enter))
        // The number block: * + , - . / and digits.
        case 0x6A...0x6F, 0x70...0x79: events.append(.key(.character(Character(UnicodeScalar(byte - 0x40)))))
        case 0x1B: state = .escape
        default: break
        }
    }

    // Pastes.

    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    /// Nobody needs more in a field of a form.
    static let longestPaste = 1 << 20

    private mutating func continuePaste(_ byte: UInt8, _ events: inout [TerminalEvent]) {
        // Past the limit only the end mark is looked for.
        if pasted.count > Self.longestPaste + Self.pasteEnd.count { pasted.remove(at: Self.longestPaste) }
        pasted.append(byte)
        if byte == 0x7E, pasted.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
            state = .ground
            events.append(endPaste(without: Self.pasteEnd.count))
        }
    }

    private mutating func endPaste(without mark: Int) -> TerminalEvent {
        defer { pasted = [] }
        let text = String(decoding: pasted.dropLast(mark).prefix(Self.longestPaste), as: UTF8.self)
        // Terminals send a line's end as the Enter key does.
        return .paste(String(text.map { $0 == "\r" || $0 == "\r\n" ? "\n" : $0 }))
    }

    // The mouse.

    /// - Parameters:
    ///   - column: from 1, as terminals count.
    static func mouse(button: Int, _ column: Int, _ row: Int, isPress: Bool) -> [TerminalEvent] {
        let place = Point(column - 1, row - 1)
        guard isPress, place.x >= 0, place.y >= 0 else { return [] }
        // Shift, meta and control held down make no difference.
        switch button & ~0b11100 {
        case 0: return [.click(place)]
        case 64: return [.wheel(-wheelRows, at: place)]
        case 65: return [.wheel(wheelRows, at: place)]
        default: return []
        }
    }

    /// Rows for one notch, as terminals scroll.
    private static let wheelRows = 3
}
