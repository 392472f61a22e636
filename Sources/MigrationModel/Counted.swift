// SPDX-License-Identifier: Apache-2.0

/// `1 course`, `2 courses`: a count with its noun, as every sentence has it.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
