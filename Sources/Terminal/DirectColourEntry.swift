// SPDX-License-Identifier: Apache-2.0

/// Entries of the terminal database for 24-bit colours, compiled, since many systems have none.
///
/// The source text is mallow-direct.ti, beside this file. To make them again, with ncurses 6:
///
///     tic -x -o FOLDER mallow-direct.ti
///     basenc --base64url -w 108 FOLDER/m/NAME
struct DirectColourEntry: Sendable, Hashable {
    let name: String
    /// As the variable TERMINFO may hold an entry instead of a folder.
    let terminfo: String

    private init(_ name: String, _ lines: String) {
        self.name = name
        terminfo = "b64:" + String(lines.filter { !$0.isNewline })
    }

    static let all = [xterm, screen]

    /// For terminals like xterm.
    static let xterm = DirectColourEntry(
        "mallow-direct",
        """
        HgI3AB0ADwBpAT8CbWFsbG93LWRpcmVjdHx0ZXJtaW5hbHMgbGlrZSB4dGVybSB3aXRoIDI0LWJpdCBjb2xvdXJzAAABAAABAAAAAAAAAAAB
        AQAAAAAAAAAAAAAAAAABUAAAAAgAAAAYAAAA_____________________________________________________wAAAAEAAAEAAAAEAAYA
        CAD__xkAIQAlACkA__80AEUARwBLAFIA__9UAFsA__9fAP__YwBnAP__________awBwAP__eQB-AP____-DAIgAjQCSAP__mwCfAP__qACt
        ALMA_____________________7kA________________________________________________________________________________
        __________-
        9AMUA________________________________________zQDWAN8A6ADxAPoAAwEMARUBHgH_____________________________JwEqATU
        BOAE6AT0B_____34B___________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        __________________________________________________4AB_______________________________________________________
        _________________hQH__________________________________44B________________________kwH________________________
        __________________________________________________________________________5kB7AEbW1oABwANABtbJWklcDElZDslcDI
        lZHIAG1tIG1sySgAbW0sAG1tKABtbJWklcDElZEcAG1slaSVwMSVkOyVwMiVkSAAKABtbSAAbWz8yNWwACAAbWz8yNWgAG1tDABtbQQAbW1A
        AG1tNABtbMW0AG1s_MTA0OWgAG1sybQAbWzRoABtbN20AG1s3bQAbWzRtABtbJXAxJWRYABtbbQAbWz8xMDQ5bAAbWzRsABtbMjdtABtbMjR
        tABtbTAAbWz8xbBs-ABtbPzFoGz0AG1slcDElZFAAG1slcDElZE0AG1slcDElZEIAG1slcDElZEAAG1slcDElZFMAG1slcDElZEwAG1slcDE
        lZEQAG1slcDElZEMAG1slcDElZFQAG1slcDElZEEAGzgAG1slaSVwMSVkZAAbNwAKABtNABtbMCU_JXA2JXQ7MSU7JT8lcDUldDsyJTslPyV
        wMiV0OzQlOyU_JXAxJXAzJXwldDs3JTslPyVwNCV0OzUlO20ACQAbWzFLABtbMzk7NDltABtbM20AG1syM20AG1slPyVwMSV7OH0lPCV0MyV
        wMSVkJWUzODsyOyVwMSV7NjU1MzZ9JS8lZDslcDElezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTV9JSYlZCU7bQAbWyU_JXAxJXs4fSU8JXQ
        0JXAxJWQlZTQ4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttAAACAAAAAAACAAcAAQE
        AAAMAQVgAUkdCAA==
        """
    )

    /// For tmux and screen.
    static let screen = DirectColourEntry(
        "mallow-direct-screen",
        """
        HgI5AA8ADwBpATYCbWFsbG93LWRpcmVjdC1zY3JlZW58dG11eCBhbmQgc2NyZWVuIHdpdGggMjQtYml0IGNvbG91cnMAAAEAAAEAAAAAAAAA
        AAEBUAAAAAgAAAAYAAAA_____________________________________________________wAAAAEAAAEAAAAEAAYACAD__xkAIQAlACkA
        __80AEUARwBLAFIA__9UAFsA__9fAP__YwBnAP__________awBwAP__eQB-AP____-DAIgAjQD_____kgCWAP__nwCkAKoA____________
        _________7AA__________________________________________________________________________________________-
        0ALwA________________________________________xADNANYA3wDoAPEA-gADAQwBFQH_____________________________HgEhASw
        BLwExATQB_____3UB___________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        ____________________________________________________________________________________________________________
        __________________________________________________3cB_______________________________________________________
        _________________fAH__________________________________4UB________________________igH________________________
        __________________________________________________________________________5AB4wEbW1oABwANABtbJWklcDElZDslcDI
        lZHIAG1tIG1sySgAbW0sAG1tKABtbJWklcDElZEcAG1slaSVwMSVkOyVwMiVkSAAKABtbSAAbWz8yNWwACAAbWz8yNWgAG1tDABtbQQAbW1A
        AG1tNABtbMW0AG1s_MTA0OWgAG1sybQAbWzRoABtbN20AG1s3bQAbWzRtABtbbQAbWz8xMDQ5bAAbWzRsABtbMjdtABtbMjRtABtbTAAbWz8
        xbBs-ABtbPzFoGz0AG1slcDElZFAAG1slcDElZE0AG1slcDElZEIAG1slcDElZEAAG1slcDElZFMAG1slcDElZEwAG1slcDElZEQAG1slcDE
        lZEMAG1slcDElZFQAG1slcDElZEEAGzgAG1slaSVwMSVkZAAbNwAKABtNABtbMCU_JXA2JXQ7MSU7JT8lcDUldDsyJTslPyVwMiV0OzQlOyU
        _JXAxJXAzJXwldDs3JTslPyVwNCV0OzUlO20ACQAbWzFLABtbMzk7NDltABtbM20AG1syM20AG1slPyVwMSV7OH0lPCV0MyVwMSVkJWUzODs
        yOyVwMSV7NjU1MzZ9JS8lZDslcDElezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTV9JSYlZCU7bQAbWyU_JXAxJXs4fSU8JXQ0JXAxJWQlZTQ
        4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttAAIAAAAAAAIABwABAQAAAwBBWABSR0I
        A
        """
    )
}
