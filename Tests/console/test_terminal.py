# SPDX-License-Identifier: Apache-2.0
"""The terminal in the hands of a small program, TerminalProbe: what is drawn, what comes, and how it is given back."""
import os
import re
import signal
import subprocess
import unittest

from terminals import Pty, TerminalTests, Tmux, process_state, processor_seconds, wait_until

CLEAR = b"\033[2J"
SECOND_SCREEN = b"\033[?1049h"
FIRST_SCREEN = b"\033[?1049l"


class InTmux(TerminalTests):
    def start(self, *arguments, settings=(), width=80, height=24, **environment):
        environment = self.environment(**{"TERM": "tmux-256color", **environment})
        command = [self.probe, str(self.log), *arguments]
        tmux = Tmux(self, command, environment, settings=settings, width=width, height=height)
        tmux.see(r"^frame 1$")
        return tmux

    # What comes

    def test_both_forms_of_the_cursor_keys(self):
        tmux = self.start()
        for form in ("\033[A", "\033OA", "\033[1;5A"):
            frame = tmux.frame()
            tmux.bytes(form)
            tmux.see(rf"^frame {frame + 1}$")
        self.assertEqual(3, tmux.screen().count("key(Canvas.Key.up)"))

    def test_named_keys(self):
        tmux = self.start()
        names = {
            "F5": "function(5)", "PPage": "pageUp", "NPage": "pageDown", "Home": "home", "End": "end", "BTab": "backTab",
            "DC": "delete", "IC": "insert", "BSpace": "backspace", "Enter": "enter", "C-c": 'control("c")',
            "C-z": 'control("z")', "é": 'character("é")', "日": 'character("日")', "Escape": "escape",
        }
        for name, key in names.items():
            tmux.keys(name)
            tmux.see(rf"^key\(Canvas.Key.{re.escape(key)}\)")

    def test_unknown_sequences_are_nothing(self):
        tmux = self.start()
        tmux.bytes("\033[99;99q")
        tmux.bytes("\033[?1;2c")
        tmux.bytes("\033]10;rgb:0000/qqqq/tttt\033\\")
        tmux.bytes("n")
        screen = tmux.see(r'character\("n"\)')
        self.assertEqual(1, screen.count("key("), screen)

    def test_a_paste_is_text(self):
        tmux = self.start()
        tmux("set-buffer", "q\nt x")
        tmux("paste-buffer", "-p")
        tmux.see(r'^paste\("q\\nt x"\)')
        tmux.keys("n")
        tmux.see(r'character\("n"\)')

    def test_the_mouse_is_the_terminals_until_it_is_asked_for(self):
        tmux = self.start()
        self.assertEqual("0", tmux.show("#{mouse_any_flag}"))
        tmux.keys("m")
        wait_until(lambda: tmux.show("#{mouse_any_flag}#{mouse_sgr_flag}") == "11", "the mouse is on")
        tmux.bytes("\033[<0;250;6M\033[<0;250;6m")
        tmux.see(r"^click\(Canvas.Point\(x: 249, y: 5\)\)")
        tmux.bytes("\033[<65;3;4M")
        tmux.see(r"^wheel\(3, at: Canvas.Point\(x: 2, y: 3\)\)")
        tmux.keys("m")
        wait_until(lambda: tmux.show("#{mouse_any_flag}") == "0", "the mouse is off")

    def test_a_new_size_is_told_whatever_the_environment_says(self):
        tmux = self.start(LINES="24", COLUMNS="80")
        tmux("resize-window", "-x", "60", "-y", "12")
        tmux.see(r"^size 60x12$")
        screen = tmux.see(r"^={60}$")
        self.assertEqual(12, len(screen.splitlines()))
        tmux("resize-window", "-x", "100", "-y", "30")
        tmux.see(r"^size 100x30$")
        tmux.see(r"^={100}$")
        tmux("resize-window", "-x", "9", "-y", "1")
        tmux.see(r"^={9}$")

    # What is drawn

    def test_direct_colours(self):
        screen = self.start(COLORTERM="truecolor").see("colours direct", "-e")
        self.assertIn("38;2;17;170;51", screen)
        self.assertIn("48;2;20;23;28", screen)
        # 0x000004 would be the fourth named colour.
        self.assertIn("38;2;0;0;8", screen)

    def test_direct_colours_of_a_terminal_like_xterm(self):
        screen = self.start(COLORTERM="24bit", TERM="xterm-256color").see("colours direct", "-e")
        self.assertIn("38;2;17;170;51", screen)

    def test_indexed_colours(self):
        screen = self.start().see("colours indexed", "-e")
        self.assertIn("38;5;28m", screen)
        self.assertNotIn("38;2", screen)

    def test_eight_colours(self):
        screen = self.start(TERM="screen").see("colours eight", "-e")
        self.assertRegex(screen, r"\033\[[0-9;]*32m")
        self.assertNotRegex(screen, r"[34]8;")

    def test_no_colours(self):
        screen = self.start(NO_COLOR="1", COLORTERM="truecolor").see("colours mono", "-e")
        self.assertNotRegex(screen, r"\033\[(\d+;)*(3[0-8]|4[0-8]|9\d|10\d)")
        self.assertRegex(screen, r"\033\[1mbold")

    def test_colours_that_are_asked_for(self):
        screen = self.start("direct", NO_COLOR="1").see("colours direct", "-e")
        self.assertIn("38;2;17;170;51", screen)

    def test_wide_characters_keep_their_columns(self):
        tmux = self.start()
        tmux.keys("h")
        tmux.see(r"^żółć 日本語 e\u0301 \|$")
        tmux("resize-window", "-x", "10", "-y", "12")
        tmux.see(r"^size 10x12$")
        tmux.see(r"^żółć 日本$")

    def test_a_locale_that_is_not_there_draws_all_the_same(self):
        tmux = self.start(LANG="xx_XX.UTF-8")
        tmux.keys("w", "h")
        tmux.see(r"^\|▏·")
        tmux.see(r"^żółć 日本語")

    def test_no_locale_draws_all_the_same(self):
        tmux = self.start(LANG=None, LC_ALL="C")
        tmux.keys("h")
        tmux.see("characters unicode")
        tmux.see(r"^żółć 日本語")

    def test_ascii_alone(self):
        tmux = self.start("indexed", "ascii")
        for _ in range(16):
            tmux.keys("w")
        tmux.see(r"^\|##-{18}\|")

    def test_text_is_copied(self):
        tmux = self.start(settings=[("set-clipboard", "on")])
        tmux.keys("c")
        wait_until(lambda: "žluť" in tmux("list-buffers"), "a buffer")
        self.assertEqual("žluť", tmux("show-buffer"))

    # Stopping

    def shell(self):
        environment = {**self.environment(), "PS1": "prompt> ", "TERM": "tmux-256color"}
        tmux = Tmux(self, ["bash", "--norc", "--noprofile", "-i"], environment)
        tmux.see("^prompt>")
        return tmux

    def test_stop_and_continue(self):
        tmux = self.shell()
        settings = [self.folder / name for name in ("before", "stopped", "after")]
        tmux.keys(f"clear; stty -g > {settings[0]}; {self.probe} {self.log}; stty -g > {settings[2]}", "Enter")
        tmux.see(r"^frame 1$")
        pid = int(tmux("list-panes", "-F", "#{pane_pid}"))
        for how in ("key", "signal"):
            frame = tmux.frame()
            child = self.child_of(pid)
            tmux.keys("z") if how == "key" else os.kill(child, signal.SIGTSTP)
            wait_until(lambda: process_state(child) == "T", "a stopped probe")
            tmux.see(r"Stopped")
            self.assertEqual("0", tmux.show("#{alternate_on}"))
            if how == "key":
                tmux.keys(f"stty -g > {settings[1]}", "Enter")
                wait_until(lambda: settings[1].exists() and settings[1].read_text(), "settings")
                # Another program may leave anything behind.
                tmux.keys("printf '\\033[?2004l\\033[?25h'; clear", "Enter")
                tmux("resize-window", "-x", "70", "-y", "20")
            tmux.keys("fg", "Enter")
            tmux.see(r"^resized\(Canvas.Size\(width: 70, height: 20\)\)")
            wait_until(lambda: tmux.frame() > frame, "a new frame")
            tmux.see(r"^={70}$")
            self.assertEqual("1", tmux.show("#{alternate_on}"))
            self.assertEqual("0", tmux.show("#{cursor_flag}"))
            tmux("resize-window", "-x", "70", "-y", "20")
        tmux("set-buffer", "q")
        tmux("paste-buffer", "-p")
        tmux.see(r'^paste\("q"\)')
        tmux.keys("q")
        tmux.see(r"^probe ended: q")
        wait_until(lambda: settings[2].exists() and settings[2].read_text(), "settings")
        self.assertEqual(settings[0].read_text(), settings[2].read_text())

    @staticmethod
    def child_of(pid):
        def children():
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return file.read().split()
        return int(wait_until(children, "a child")[0])


class OnPty(TerminalTests):
    def start(self, *arguments, ignored=(), **environment):
        terminal = Pty(self, [self.probe, str(self.log), *arguments], self.environment(**environment), ignored=ignored)
        terminal.see(rb"frame 1(?s:.*)\033\[\?2026l")
        self.assertNotEqual(terminal.before, terminal.settings())
        return terminal

    def assert_given_back(self, terminal):
        self.assertEqual(terminal.before, terminal.settings())
        rest = terminal.output[terminal.output.rindex(SECOND_SCREEN):]
        for mode in (FIRST_SCREEN, b"\033[?2004l", b"\033[?25h", b"\033[?1l\033>"):
            self.assertIn(mode, rest)

    # Ends

    def test_a_proper_end(self):
        terminal = self.start()
        terminal.send("q")
        self.assertEqual(0, terminal.wait())
        self.assert_given_back(terminal)
        after = terminal.output[terminal.output.rindex(FIRST_SCREEN):]
        self.assertIn(b"probe ended: q, 1 frames", after)
        self.assertNotIn(b"never printed", after)

    def test_one_at_a_time_and_one_after_another(self):
        terminal = self.start()
        terminal.send("o")
        terminal.see(rb"refused: the terminal is open already")
        terminal.send("r")
        terminal.see(rb"probe ended: r(?s:.*)frame 1(?s:.*)\033\[\?2026l")
        self.assertNotEqual(terminal.before, terminal.settings())
        self.resize_is_heard(terminal)
        terminal.send("q")
        self.assertEqual(0, terminal.wait())
        self.assert_given_back(terminal)

    def resize_is_heard(self, terminal):
        terminal.resize(61, 13)
        terminal.see(rb"61x13")

    def test_signals_that_ask_for_an_end(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number):
                terminal = self.start()
                terminal.process.send_signal(number)
                self.assertEqual(4, terminal.wait())
                self.assert_given_back(terminal)
                self.assertIn(b"probe ended: closed", terminal.output)

    def test_the_mouse_is_given_back(self):
        terminal = self.start()
        terminal.send("m")
        terminal.see(rb"\033\[\?1006h")
        terminal.send("q")
        terminal.wait()
        self.assertIn(b"\033[?1000l", terminal.output[terminal.output.index(b"\033[?1006h"):])

    def test_a_terminal_that_goes_away(self):
        for ignored in ((), (signal.SIGHUP,)):
            with self.subTest(ignored):
                terminal = self.start(ignored=ignored)
                terminal.close()
                self.assertEqual(4, terminal.wait(seconds=2))

    def test_a_fault(self):
        terminal = self.start()
        terminal.send("mt")
        self.assertLess(terminal.wait(), 0)
        self.assert_given_back(terminal)
        after = terminal.output[terminal.output.rindex(FIRST_SCREEN):]
        self.assertIn(b"Stopped by a fault; see " + bytes(self.log), after)
        self.assertIn("the probe was told to die", self.log.read_text())

    def test_a_fault_still_has_its_trace(self):
        terminal = self.start(SWIFT_BACKTRACE="enable=yes,interactive=no,color=no,symbolicate=off,threads=crashed")
        terminal.send("t")
        terminal.wait(seconds=60)
        self.assert_given_back(terminal)
        self.assertRegex(terminal.output[terminal.output.rindex(FIRST_SCREEN):], rb"(?s)crashed.*at 0x")

    def test_signals_of_faults(self):
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT, signal.SIGSYS, signal.SIGFPE):
            with self.subTest(number):
                terminal = self.start()
                terminal.process.send_signal(number)
                self.assertEqual(-number, terminal.wait())
                self.assert_given_back(terminal)

    def test_an_exit_that_closes_nothing(self):
        for key in ("x", "e"):
            with self.subTest(key):
                terminal = self.start()
                terminal.send(key)
                self.assertEqual(7, terminal.wait())
                self.assert_given_back(terminal)

    def test_a_stop_that_nobody_could_end_does_not_happen(self):
        terminal = self.start()
        terminal.send("z")
        terminal.see(rb"frame|resized")
        terminal.send("q")
        self.assertEqual(0, terminal.wait())
        self.assert_given_back(terminal)

    # Bytes

    def test_a_small_frame_is_small_and_nothing_is_cleared(self):
        for arguments in ((), ("direct",)):
            with self.subTest(arguments):
                terminal = self.start(*arguments)
                self.assertEqual(1, terminal.output.count(CLEAR))
                for _ in range(50):
                    frame = terminal.next_frame("w")
                    self.assertLess(len(frame), 1000, frame)
                    self.assertTrue(frame.startswith(b"\033[?2026h"), frame)
                self.assertEqual(1, terminal.output.count(CLEAR))
                self.assertIn(CLEAR, terminal.next_frame("l"))
                terminal.send("q")
                terminal.wait()

    def test_an_idle_screen_costs_nothing(self):
        terminal = self.start()
        terminal.next_frame("w")
        before = processor_seconds(terminal.process.pid)
        # As long as a busy loop needs to be seen: this process counts its own time.
        start = os.times().user
        while os.times().user - start < 0.5:
            pass
        self.assertLess(processor_seconds(terminal.process.pid) - before, 0.1)

    def test_an_escape_byte_alone_is_a_key_and_an_unended_sequence_is_none(self):
        terminal = self.start()
        terminal.send("\033")
        terminal.see(rb"Key.escape")
        terminal.send("\033[1;")
        terminal.see(rb"Key.escape")
        terminal.send("q")
        # The q may have ended the sequence; a second one ends the probe for sure.
        wait_until(lambda: terminal.process.poll() is not None or terminal.send("q") or False, "an end", every=0.3)

    # What is no screen

    def plain(self, **environment):
        terminal = Pty(self, [self.probe, str(self.log)], self.environment(**environment))
        self.assertEqual(3, terminal.wait())
        self.assertEqual(terminal.before, terminal.settings())
        self.assertNotIn(b"\033", terminal.output)
        return terminal.output

    def test_a_terminal_without_a_cursor(self):
        self.assertIn(b"plain: a terminal of type 'dumb' cannot move its cursor", self.plain(TERM="dumb"))

    def test_an_error_log_that_cannot_be_written(self):
        self.log.mkdir()
        self.assertIn(b"plain: cannot write", self.plain())

    def test_other_types(self):
        for name, colours in (("linux", "eight"), ("vt100", "mono"), ("ansi", "eight"), ("rxvt-unicode-256color", "indexed"),
                              ("xterm-mono", "mono"), ("screen-256color", "indexed"), ("", "eight")):
            with self.subTest(name):
                terminal = self.start(TERM=name)
                self.assertIn(f"colours {colours}".encode(), terminal.output)
                terminal.send("wq")
                self.assertEqual(0, terminal.wait())
                self.assertEqual(terminal.before, terminal.settings())

    def test_a_type_that_is_unknown_here(self):
        for name in ("xterm-nonsense", "ghostty-of-tomorrow", "tmux-nonsense"):
            with self.subTest(name):
                terminal = self.start(TERM=name)
                self.assertIn(b"colours indexed", terminal.output)
                terminal.send("q")
                self.assertEqual(0, terminal.wait())

    def test_no_terminal(self):
        with open(os.devnull) as nothing:
            done = subprocess.run([self.probe, str(self.log)], stdin=nothing, capture_output=True, text=True, timeout=20)
        self.assertEqual(3, done.returncode)
        self.assertIn("standard input and output are no terminal", done.stdout)


if __name__ == "__main__":
    unittest.main()
