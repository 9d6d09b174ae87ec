"""ICAO 9303: what stands in a travel document, and what can be proven of it.

    mrz                                  the printed zone, read and written
    apdu tlv exchange                    commands and answers; data objects; protocols as generators
    crypto secure_messaging              keys, ciphers, checksums; everything encrypted and checked
    password bac pace pace_groups groups what opens a chip
    security_infos chip_auth active_auth what a chip says it can, and that it is no copy
    files reading lds dg2 picture        its files, how they are read, what stands in them
    reader meter                         all of it, from the first command to the last; what it cost
    passive_auth cms certificates signatures curves trust master_list revocation
                                         what a state has signed, and whom to believe
    findings proof                       yes, no or not possible, and why
    errors                               all that can go wrong, drawn as a tree

Nothing here does I/O (`trust_store` apart, which keeps files), knows a reader or sleeps. To read a document:

    reader = Reader(Password.mrz("L898902C3", "740812", "320415"), atr=atr)
    reading, tallies = meter.play(reader, transmit, time.monotonic)  # transmit(bytes) -> bytes
    proof = judge(reading, trust, now)                               # proof.genuine, proof.not_copied

A wrong password is AccessDenied and is never tried again. If the transport raises because the document was
lifted, play the same reader again: it opens the chip anew and goes on where it was.
"""
