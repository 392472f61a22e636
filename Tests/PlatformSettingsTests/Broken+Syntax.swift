// SPDX-License-Identifier: Apache-2.0

extension Broken {
    /// What is no YAML.
    static let syntax: [Broken] = [
        Broken(
            "    NAME: edxapp\n", "    NAME: edxapp\n    HOST: db-2.internal\n",
            "/lms.yml, line 14, column 5: this key is there twice in one mapping; keep the one that is meant, as "
                + "the platform takes the last."
        ),
        Broken(
            "    NAME: edxapp\n", "   NAME: edxapp\n",
            "/lms.yml, line 16, column 4: this is not YAML: did not find expected key while parsing a block "
                + "mapping that begins in line 12; put the line right, or the one above it."
        ),
        Broken(
            "    NAME: edxapp\n", "\tNAME: edxapp\n",
            "/lms.yml, line 16, column 1: a tab stands where YAML wants blanks; write blanks, as many as in "
                + "the lines around."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: 'edxapp\n",
            "/lms.yml, line 27, column 1: this is not YAML: found unexpected end of stream while scanning a "
                + "quoted scalar that begins in line 16; put the line right, or the one above it."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: *name\n",
            "/lms.yml, line 16, column 11: this alias stands for nothing; put the anchor & with the same "
                + "name before it."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: a\u{7}b\n",
            "/lms.yml, line 16: a character cannot stand in YAML: U+0007; remove it."
        ),
        Broken(
            "    NAME: edxapp\n", "    NAME: {a\n",
            "/lms.yml, line 17, column 9: this is not YAML: did not find expected ',' or '}' while parsing a "
                + "flow mapping that begins in line 16; put the line right, or the one above it."
        ),
        Broken(
            "DATABASES:\n", "---\nDATABASES:\n",
            "/lms.yml, line 11, column 1: a second document begins here; keep one, and remove the line ---."
        ),
    ]
}
