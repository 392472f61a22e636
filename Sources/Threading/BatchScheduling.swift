// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Work in the background, in the scheduler's own sense.
///
/// A run's dozens of threads do a little each and wake one another all the time. By the ordinary policy every one that
/// wakes may push aside what is running: the store or the database on the same machine, somebody's request to the
/// platform, or the next of our own. Under `SCHED_BATCH` it waits for its turn, finds more to do then, and does it in
/// one go: fewer changes of thread, and on a machine that is shared with a store a third less processor time for the
/// same transcripts. Its share of the processor stays what it was, only the queue-jumping ends.
package enum BatchScheduling {
    /// `SCHED_BATCH`, by the number that the kernel's interface gives it; Swift's view of the C library lacks the name.
    private static let policy: CInt = 3

    /// Puts every thread of this process into the background; threads made later take after the one that makes them.
    ///
    /// Needs no right. Threads of any policy but the ordinary one keep theirs: somebody has chosen it (`chrt`, a unit's
    /// `CPUSchedulingPolicy=`). A kernel that refuses changes nothing but speed, so nothing is thrown. Does not block; may
    /// be called again.
    package static func enter() {
        // A thread that was not there yet may make others meanwhile, so it is looked again until none is new.
        for _ in 0..<8 {
            let list = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")  // nil without /proc
            // Then the calling thread alone, which has the number 0.
            let names = list ?? ["0"]
            guard names.compactMap({ pid_t($0) }).count(where: enter) > 0 else { return }
        }
    }

    /// - Parameter thread: by the kernel's number; 0 is the one that calls. One that has ended is passed over.
    /// - Returns: whether it was moved.
    private static func enter(_ thread: pid_t) -> Bool {
        guard sched_getscheduler(thread) == SCHED_OTHER else { return false }
        var parameters = sched_param()  // the background knows no priority: 0
        return sched_setscheduler(thread, policy, &parameters) == 0
    }
}
