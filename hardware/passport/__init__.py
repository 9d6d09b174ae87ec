"""ICAO 9303: what stands in a travel document, and what can be proven of it.

    document mrz                         what stands in it; the printed zone, read and written
    apdu tlv exchange                    commands and answers; data objects; protocols as generators
    crypto secure_messaging              keys, ciphers, checksums; everything encrypted and checked
    password bac pace pace_groups groups what opens a chip
    security_infos chip_auth active_auth what a chip says it can, and that it is no copy
    files reading lds dg2 picture        its files, how they are read, what stands in them
    reader recovery meter                all of it, from the first command to the last; what it cost
    passive_auth cms certificates signatures curves trust master_list revocation
                                         what a state has signed, and whom to believe
    findings proof                       yes, no or not possible, and why
    errors                               all that can go wrong, drawn as a tree

Nothing here does I/O (`trust_store` apart, which keeps files), knows a reader, sleeps, or imports anything of
this repository that lies outside. To read a document over any `transmit(command: bytes) -> bytes`:

    import time
    from datetime import UTC, date, datetime
    from pathlib import Path

    from hardware.passport import lds, meter
    from hardware.passport.files import File
    from hardware.passport.password import Password
    from hardware.passport.proof import judge
    from hardware.passport.reader import Reader
    from hardware.passport.trust_store import TrustStore

    reader = Reader(Password.mrz("L898902C3", "740812", "320401"), atr=atr)
    reading, tallies = meter.play(reader, transmit, time.monotonic)
    document = lds.parse_dg1(reading.files[File.DG1]).document(date.today())
    proof = judge(reading, TrustStore(Path("trust")).load(), datetime.now(UTC))
    print(document.surname, proof.genuine.answer, proof.not_copied.answer)

`atr` is what the card answered to its activation, b"" where nobody knows; `trust` is a folder that
`TrustStore.take` has filled, else nothing is believed.
A wrong password is AccessDenied and is never tried again. If the transport raises because the document was
lifted, play the same reader again: it opens the chip anew and goes on where it was.
"""
