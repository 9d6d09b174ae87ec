"""All that is fuzzed, in one table: whatever a reader, a card or a file can send to this package.

`python -m tests.fuzz` drives them by coverage (atheris), the tests beside this file by hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hardware.document_reader import virtual_portrait
from hardware.document_reader.contract import TravelDocument
from hardware.document_reader.serial_mrz_wire import Framing, encode
from hardware.document_reader.virtual_channel import ChipChannel
from hardware.passport import (
    active_auth,
    apdu,
    bac,
    ber,
    chip_auth,
    cms,
    dg2,
    lds,
    master_list,
    mrz,
    pace,
    passive_auth,
    picture,
    proof,
    security_infos,
    tlv,
)
from hardware.passport.apdu import Response
from hardware.passport.certificates import Certificate, certificates
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.dg2 import Container, build_dg2
from hardware.passport.errors import Malformed, PassportError
from hardware.passport.exchange import run
from hardware.passport.files import File, by_tag
from hardware.passport.mrz import Form
from hardware.passport.order import NOT_ASKED, Reading
from hardware.passport.password import Password
from hardware.passport.picture import PictureFormat
from hardware.passport.reading import Files, extended_by_atr, longest_answer
from hardware.passport.revocation import revocation_list
from hardware.passport.secure_messaging import MAC, STATUS, Session
from tests.fuzz import card, store
from tests.fuzz.chance import Take, pieces
from tests.fuzz.papers import CHIPS, NOW, PAPERS, TODAY
from tests.fuzz.signed import certified, played_passive, signed_seeds
from tests.fuzz.target import Target, Wrong

_TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
_TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
_TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
_ZONES = (_TD3, _TD2, _TD1)


# --- the printed zone -----------------------------------------------------------------------------


def _mrz(data: bytes) -> None:
    """A zone that is read is one that can be written again, and opens a chip or says why not."""
    found = mrz.parse(data.decode("latin-1").split("\n"), TODAY)
    if isinstance(found, TravelDocument):
        for make in (lambda: Password.of(found), *(lambda form=form: mrz.build(found, form) for form in Form)):
            try:
                make()
            except ValueError:
                continue  # as they say


def _serial(data: bytes) -> None:
    """In pieces as the line gives them, the first byte says how long; quiet in the end."""
    framing, size = Framing(), 1 + data[:1][0] % 64 if data else 1
    zones = [zone for at in range(1, len(data), size) for zone in framing.feed(data[at : at + size], float(at))]
    for zone in zones + framing.quiet():
        mrz.parse(zone.lines, TODAY)


# --- the grammar below everything -------------------------------------------------------------------


def _tlv(data: bytes) -> None:
    """Walked to the ground, which is bounded by the bytes that there are."""
    waiting = list(tlv.parse_all(data))
    for _ in range(len(data)):
        if not waiting:
            break
        try:
            waiting += waiting.pop().children()
        except Malformed:
            continue
    if tlv.parse_all(b"".join(map(bytes, tlv.parse_all(data)))) != tlv.parse_all(data):
        raise Wrong("written otherwise than it was read")


def _ber(data: bytes) -> None:
    ber.dotted(data)
    made = ber.definite(data)
    if ber.definite(made) != made:
        raise Wrong("definite lengths are changed once more")


def _apdu(data: bytes) -> None:
    """A command; and a file read from answers of the transport alone: pieces, wrong lengths, no end."""
    extended_by_atr(data)
    longest_answer(data)
    try:
        command = apdu.decode(data)
        if apdu.decode(bytes(command)) != command:
            raise Wrong("a command is read otherwise than it was written")
    except Malformed:
        pass
    files = Files()
    answers = _Answers(Take(data))
    run(files.learn_lengths(b""), answers)
    run(files.read(File.DG1, None), answers)


class _Answers:
    """A card that says what the input holds, piece after piece, and at last nothing but `9000`."""

    def __init__(self, take: Take) -> None:
        self._take, self._said = take, 0

    def __call__(self, command: bytes) -> bytes:
        self._said += 1
        if self._said > card.MOST_COMMANDS:
            raise Wrong(f"more than {card.MOST_COMMANDS} commands")
        return self._take.piece() or b"\x90\0"


# --- files ------------------------------------------------------------------------------------------


def _security_infos(data: bytes) -> None:
    """EF.CardAccess, or what DG14 and EF.CardSecurity hold."""
    infos = security_infos.parse(data)
    pace.choose(infos)
    for open_one in (
        lambda: chip_auth.choose(infos),
        *(lambda info=info: infos.group_of(info) for info in infos.pace),
        *(key.open for key in infos.chip_keys),
        *(each.group for each in infos.pace_parameters),
    ):
        try:
            open_one()
        except PassportError:
            continue


_FILES: dict[File, Callable[[bytes], object]] = {
    File.COM: lds.parse_com,
    File.DG1: lambda data: lds.parse_dg1(data).document(TODAY),
    File.DG7: lds.parse_dg7,
    File.DG11: lambda data: lds.parse_dg11(data).names,
    File.DG12: lds.parse_dg12,
    File.DG14: lambda data: _security_infos(lds.unwrap(File.DG14, data)),
    File.DG15: lambda data: active_auth.open_key(lds.unwrap(File.DG15, data)),
    File.SOD: lambda data: passive_auth.unwrapped(data),
}


def _lds(data: bytes) -> None:
    """Each file by its own tag."""
    file = by_tag(data[0]) if data else None
    _FILES.get(file or File.COM, lds.parse_com)(data)


def _lds_seeds() -> Iterable[bytes]:
    for contents in (PAPERS.full, PAPERS.chip("chip-auth-3des"), PAPERS.chip("active-rsa"), PAPERS.chip("card")):
        yield from (data for file, data in contents.files.items() if file in _FILES and len(data) < 3000)
    yield lds.build_dg11(lds.PersonDetails("ERIKSSON<<ANNA", ("A", "B"), "1", None, ("X",), ("Y", "Z"), "1", "2", "3"))
    yield lds.build_dg12(lds.DocumentDetails(authority="U", other_people=("C", "D"), front=b"\xff\xd8", system="S"))


def _pictures() -> tuple[bytes, ...]:
    drawn = virtual_portrait.draw("U", (40, 50))
    return tuple(virtual_portrait.encode(drawn, kind, 900) for kind in PictureFormat)


def _picture(data: bytes) -> None:
    found = picture.look(data)
    if not (0 < found.width <= picture.MOST_SIDE and 0 < found.height <= picture.MOST_SIDE):
        raise Wrong("a picture that no decoder should be given")


# --- signed objects ---------------------------------------------------------------------------------


def _cms(data: bytes) -> None:
    signed = cms.parse(data)
    for signer in signed.signers[:4]:
        _ = signer.signing_time
        for certificate in signed.certificates[:4]:
            cms.fault(signed, signer, certificate)


def _proof(data: bytes) -> None:
    """EF.CardSecurity as it comes, which PACE with chip authentication mapping rests on."""
    contents = PAPERS.chip("pace-cam")
    group = pace.choose(security_infos.parse(contents.files[File.CARD_ACCESS]))
    if group is None:
        raise Wrong("no way into the sample")
    mapping = pace.ChipProof(group[1], group[1].generator, data[-24:])
    files = {File.CARD_ACCESS: contents.files[File.CARD_ACCESS], File.CARD_SECURITY: data}
    proof.judge(Reading(files, {}, "PACE", NOT_ASKED, NOT_ASKED, mapping), PAPERS.trust, NOW)


def _certificates(data: bytes) -> None:
    """As it comes; and, after a first byte of its own, signed by the country whatever is in it."""
    if data[:1] == b"\xff":
        data = certified(data[1:])
    for certificate in certificates(data)[:8]:
        _judged(certificate)


def _judged(certificate: Certificate) -> None:
    for each in vars(Certificate):
        if not each.startswith("_") and each not in ("der", "signed_by"):
            try:
                getattr(certificate, each)
            except PassportError:
                continue
    PAPERS.trust.revocation(certificate, NOW)
    PAPERS.trust.issuer(certificate, NOW)


def _certificate_seeds() -> Iterable[bytes]:
    for signer in (PAPERS.signer, PAPERS.quick_signer, PAPERS.rsa_signer, PAPERS.country.root):
        yield signer.der
        yield b"\xff" + bytes(signer.certificate["tbs_certificate"].dump())
    yield PAPERS.link
    yield from store.pem_seeds()


def _master_list(data: bytes) -> None:
    listed = master_list.parse(data)
    _ = (listed.country, listed.signed_at)
    master_list.proofs(listed.certificates)
    listed.broken()


def _revocation_list(data: bytes) -> None:
    found = revocation_list(data)
    found.fresh(NOW)
    PAPERS.trust.signer_of(found)


# --- what a card answers, protocol by protocol --------------------------------------------------------

_SUITES = tuple(Suite.derive(cipher, b"\x05" * 16) for cipher in Cipher)


def _secure_messaging(data: bytes) -> None:
    """An answer as it comes, or with its checksum made right, or whatever under the chip's own protection."""
    take = Take(data)
    suite, how = _SUITES[take.byte() % 4], take.byte()
    session, chip = Session(suite), ChipChannel(suite)
    session.protect(apdu.Command(0, 0xB1 if how & 4 else 0xB0, 0, 0, b"\x54\x01\0" if how & 4 else b"", 256))
    chip.step()
    status, rest = take.word(), take.rest()
    if how % 3 == 1:
        chip.step()
        rest += tlv.encode(MAC, chip.mac(rest))
    elif how % 3 == 2:
        rest = chip.sealed(Response(rest, status), odd=bool(how & 4))
    session.unprotect(Response(rest, status))


def _bac(data: bytes) -> None:
    """The second answer under the right keys where the input says so."""
    take = Take(data)
    password, right = Password.of(PAPERS.chip("bac").description.document), take.byte() & 1
    keys, challenge = Suite.derive(Cipher.TDES, password.seed), take.piece()
    answer = take.piece()
    if right and len(answer) % 8 == 0 and answer:
        answer = bac.sealed(keys, answer)
    said = [challenge + b"\x90\0", answer + (take.bytes(2) if not right else b"\x90\0")]
    run(bac.establish(password, lambda size: bytes(size)), lambda command: said.pop(0))


_OPENED_BY_PACE = ("pace", "pace-3des", "pace-im", "pace-cam")


def _pace(data: bytes) -> None:
    take = Take(data)
    contents = PAPERS.chip(_OPENED_BY_PACE[take.byte() % 4])
    chosen = pace.choose(security_infos.parse(contents.files[File.CARD_ACCESS]))
    if chosen is None:
        raise Wrong("no way into the sample")
    run(pace.establish(Password.of(contents.description.document), *chosen, name_parameters=True), _Answers(take))


def _pace_seeds() -> Iterable[bytes]:
    for way, name in enumerate(_OPENED_BY_PACE):
        contents = PAPERS.chip(name)
        chip = card.Changed(contents, [])
        said: list[bytes] = []
        chosen = pace.choose(security_infos.parse(contents.files[File.CARD_ACCESS]))
        if chosen is not None:
            run(
                pace.establish(Password.of(contents.description.document), *chosen),
                lambda command, chip=chip, said=said: (said.append(chip.transmit(command)), said[-1])[1],
            )
        yield bytes((way,)) + pieces(*said)


def _chip_auth(data: bytes) -> None:
    """Keys and answers of the input: SecurityInfos first."""
    take = Take(data)
    infos = security_infos.parse(take.piece())
    way = chip_auth.choose(infos)
    if way is not None:
        try:
            chip_auth.verify_mapping(pace.ChipProof(way.group, way.public, data[-40:]), infos.chip_keys)
        finally:
            run(chip_auth.authenticate(way), _Answers(take))


def _infos_of(name: str) -> bytes:
    return lds.unwrap(File.DG14, PAPERS.chip(name).files[File.DG14])


def _active_auth(data: bytes) -> None:
    """DG15's key, DG14's hash and the signature, all the input's."""
    take = Take(data)
    key, infos = active_auth.open_key(take.piece()), security_infos.parse(take.piece() or b"\x31\0")
    signature = run(active_auth.authenticate(bytes(8), key, 200, True, True), _Answers(take))
    active_auth.proves(key, infos, bytes(8), signature)


def _active_auth_seeds() -> Iterable[bytes]:
    for name in ("active-rsa", "active-ec"):
        contents = PAPERS.chip(name)
        key = lds.unwrap(File.DG15, contents.files[File.DG15])
        infos = _infos_of(name) if File.DG14 in contents.files else b""
        for size in (64, 128, 256):
            yield pieces(key, infos, b"\x01" * size + b"\x90\0")


# --- the table ----------------------------------------------------------------------------------------


def _access(*more: str) -> list[bytes]:
    return [PAPERS.chip(name).files[File.CARD_ACCESS] for name in CHIPS if File.CARD_ACCESS in PAPERS.chip(name).files] + [
        _infos_of(name) for name in more
    ]


TARGETS: dict[str, Target] = {
    each.name: each
    for each in (
        Target("mrz", _mrz, lambda: ["\n".join(zone).encode() for zone in _ZONES], (), 200),
        Target(
            "serial-mrz", _serial,
            lambda: [b"\x07" + encode(zone, end, framed) for zone in _ZONES for end in (b"\r", b"\r\n") for framed in (False, True)],
            (), 600,
        ),
        Target("tlv", _tlv, lambda: [each for file, each in PAPERS.full.files.items() if file is not File.DG7 and len(each) < 1024], most=1024),
        Target("ber", _ber, lambda: [PAPERS.full.files[File.SOD], *signed_seeds()], most=3000),
        Target("apdu", _apdu, lambda: [pieces(b"\x61\x05\x5f\x1f\x02AB\x90\0", b"\x61\x10"), bytes.fromhex("00B0000000")], most=1024),
        Target("security-infos", _security_infos, lambda: _access("chip-auth", "chip-auth-3des", "active-ec"), most=2048),
        Target("lds", _lds, _lds_seeds, most=3000),
        Target("dg2", lambda data: dg2.parse_dg2(data), lambda: [build_dg2(each, how) for each in _pictures() for how in Container]),
        Target("picture", _picture, _pictures, most=2048),
        Target("cms", _cms, lambda: signed_seeds()),
        Target("passive-auth", played_passive, lambda: [bytes((how,)) + each for each in signed_seeds() for how in range(3)], (), tried=800),
        Target("card-security", _proof, lambda: [PAPERS.chip("pace-cam").files[File.CARD_SECURITY]], ()),
        Target("certificates", _certificates, _certificate_seeds, most=6000),
        Target("master-list", _master_list, lambda: [PAPERS.master_list], most=8000),
        Target("revocation-list", _revocation_list, lambda: [PAPERS.crl], most=2048),
        Target("trust-store", store.play, store.seeds, (), 8000),
        Target(
            "secure-messaging", _secure_messaging,
            lambda: [bytes((cipher, how)) + b"\x90\0" + tlv.encode(STATUS, b"\x90\0") for cipher in range(4) for how in range(6)],
            most=600,
        ),
        Target("bac", _bac, lambda: [bytes((right,)) + pieces(bytes(8), bytes(size)) for right in (0, 1) for size in (32, 40)], most=200),
        Target("pace", _pace, _pace_seeds, most=1024, tried=800),
        Target("chip-auth", _chip_auth, lambda: [pieces(_infos_of(name), b"\x90\0") for name in ("chip-auth", "chip-auth-3des")], most=2048),
        Target("active-auth", _active_auth, _active_auth_seeds, most=2048),
        Target("card", card.play, card.seeds, most=600, tried=2800),
    )
}  # fmt: skip
