"""`kiosk trust …`: import what states publish, list what is trusted, check a list before.

Nothing is trusted by default. A master list proves by its signature that it is whole, not who sent it: the
fingerprint of the country certificate behind it is printed, to be compared with what the state publishes.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.passport import master_list
from hardware.passport.certificates import Certificate, certificates
from hardware.passport.errors import PassportError
from hardware.passport.master_list import Broken, MasterList, Own
from hardware.passport.revocation import RevocationList, revocation_list
from hardware.passport.trust_store import Imported, Kind, Listed, Refusal, Refused, TrustStore, cut_off
from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, settings_or_exit

app = typer.Typer(no_args_is_help=True, help="Which states' signatures on documents are believed.")

Store = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="By default `trust` in the state directory.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False, readable=True)]

_MOST_LINES = 10
_WHY = {
    "cut-off": "cut off: it was not copied to its end",
    "other-fingerprint": "not of the certificate that was compared; its SHA-256 is another",
    "unreadable": "neither a master list, nor a certificate, nor a revocation list",
    "list-signature": "the list's own signature does not hold",
    "older": "older than what is here",
    "self-signature": "a country certificate that did not sign itself",
    "unknown-issuer": "its issuer is not trusted; import that state's certificate first",
    "not-trusted": "its issuer is here, but did not sign it, or may not",
}

_REST = {
    Own.NO_ISSUER: "the key that issued them is not in the list",
    Own.NAME_ONLY: "they name no key; one of their issuer's name in the list made them",
    Own.SIGNATURE: "the key that they name did not make them",
    Own.UNSUPPORTED: "an algorithm or key that is not supported",
    Own.UNREADABLE: "they can't be read",
}


def store_at(store: Path | None, ini: Path) -> TrustStore:
    """The store that an option names, or the kiosk's own."""
    return TrustStore(store if store is not None else settings_or_exit(ini).kiosk.state / "trust")


Compared = Annotated[
    list[str] | None,
    typer.Option(
        "--fingerprint",
        metavar="HEX",
        help="SHA-256 of the country certificate that was compared: take nothing else. Can be given several times.",
    ),
]


@app.command("import")
def import_(
    files: Files, fingerprint: Compared = None, store: Store = None, ini: Ini = DEFAULT_INI, as_json: Json = False
) -> None:
    """Trust what is in these files: master lists, certificates of states, revocation lists."""
    keep = store_at(store, ini)
    compared = frozenset(map(_fingerprint, fingerprint)) if fingerprint else None
    results = []
    for path in _roots_first(files):
        try:
            results += [(path, result) for result in keep.take(path.read_bytes(), compared)]
        except OSError as error:
            fail(f"{path}: {error.strerror}")
    if as_json:
        typer.echo(json.dumps([{"file": path.name} | _told(result) for path, result in results]))
    else:
        _results_for_people(results)
    if any(isinstance(result, Refused) for _, result in results):
        raise typer.Exit(Exit.FAILED)


def _fingerprint(said: str) -> str:
    """As states publish it: with colons or spaces, in capitals or not."""
    plain = re.sub("[: ]", "", said).lower()
    if not re.fullmatch("[0-9a-f]{64}", plain):
        fail(f"not the SHA-256 of a certificate: {said}", Exit.WRONG)
    return plain


@app.command()
def remove(
    fingerprints: Annotated[list[str], typer.Argument(metavar="FINGERPRINT…")],
    store: Store = None,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Trust no more: certificates, or master lists by the country certificate behind them, as `list` shows them."""
    keep = store_at(store, ini)
    gone: dict[str, list[Imported]] = {}
    for each in map(_fingerprint, fingerprints):
        try:
            gone[each] = keep.remove(each)
        except OSError as error:
            fail(f"{keep.directory}: {error.strerror}")
    if as_json:
        typer.echo(json.dumps({each: [_told(one) for one in found] for each, found in gone.items()}))
    else:
        for each, found in gone.items():
            for one in found:
                typer.echo(f"trusted no more: {_what(one)}")
            if not found:
                typer.echo(f"not here by itself, nor behind a list: {each}")
    if not all(gone.values()):
        raise typer.Exit(Exit.FAILED)


def _what(one: Imported) -> str:
    """One line of what is in the store."""
    match one.kind:
        case Kind.MASTER_LIST:
            return f"master list of {one.country}{_dated(one)}, {one.certificates} certificates, SHA-256 {one.fingerprint}"
        case Kind.SIGNER:
            return f"document signer of {one.country}, SHA-256 {one.fingerprint}"
    return f"certificate of {one.country}, SHA-256 {one.fingerprint}"


def _results_for_people(results: list[tuple[Path, Imported | Refused]]) -> None:
    """One line each; of a file with very many certificates, those that were taken in one."""
    for path in dict.fromkeys(path for path, _ in results):
        of = [result for where, result in results if where == path]
        taken = [result for result in of if isinstance(result, Imported)]
        if len(taken) > _MOST_LINES:
            states = len({result.country for result in taken})
            typer.echo(f"{path.name}: {len(taken)} certificates of {states} states")
            of = [result for result in of if isinstance(result, Refused)]
        for result in of:
            typer.echo(f"{path.name}: {_said(result)}")


def _roots_first(files: list[Path]) -> list[Path]:
    """Master lists before the rest, so that one call takes a list and what hangs on it."""
    return sorted(files, key=lambda path: not master_list.is_one(path.read_bytes()))


@app.command("list")
def list_(store: Store = None, ini: Ini = DEFAULT_INI, as_json: Json = False) -> None:
    """What is trusted: states, master lists, revocation lists."""
    keep = store_at(store, ini)
    found = keep.listed()
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "store": str(keep.directory),
                    "states": found.authorities,
                    "certificates": sum(found.authorities.values()),
                    "document_signers": found.signers,
                    "master_lists": [_told(each) for each in found.lists],
                    "single": [_told(each) for each in found.single],
                    "revocation_lists": [_of_revocations(each) for each in found.revocations],
                    "damaged": list(found.damaged),
                }
            )
        )  # fmt: skip
    elif not found.authorities and not found.damaged:
        typer.echo(f"Nothing is trusted yet ({keep.directory}): kiosk trust import FILE…")
    else:
        _list_for_people(found)
    if found.damaged:
        fail(f"Can't be read, import again: {', '.join(found.damaged)}")


def _list_for_people(found: Listed) -> None:
    for each in (*found.lists, *found.single):
        said = _what(each)
        typer.echo(said[0].upper() + said[1:])
    typer.echo(f"{sum(found.authorities.values())} certificates of {len(found.authorities)} states:")
    typer.echo("  " + " ".join(f"{country} {count}" for country, count in found.authorities.items()))
    if found.signers:
        typer.echo(f"{found.signers} document signers")
    for revoking in found.revocations:
        typer.echo(f"Revocation list of {_revocations_for_people(revoking)}")


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Look at a master list, certificates or a revocation list, without trusting them: what parses, loads and
    verifies. Nothing is said of who revoked: that is for `import` to find out."""
    data = file.read_bytes()
    if (revoking := _revoking(data)) is not None:
        typer.echo(json.dumps(_revoked(file, revoking)) if as_json else _revoked_for_people(file, revoking))
        return
    listed: MasterList | None = None
    unreadable: tuple[str, ...] = ()
    try:
        if master_list.is_one(data):
            listed = master_list.parse(data)
            inside, unreadable = listed.certificates, listed.unreadable
        else:
            inside = certificates(data)
    except PassportError as error:
        missing = cut_off(data)
        why = f"{_WHY[Refusal.CUT_OFF]} ({missing})" if missing else str(error)
        typer.echo(json.dumps({"file": file.name, "error": why}) if as_json else f"{file.name}: {why}")
        raise typer.Exit(Exit.FAILED) from None
    report = _report(inside, unreadable)
    report |= {"file": file.name, "master_list": _list_signature(listed) if listed else None}
    report["fingerprints"] = [] if listed else [each.fingerprint for each in inside]
    typer.echo(json.dumps(report) if as_json else _report_for_people(report))
    broken = listed.broken() if listed else None
    if broken is Broken.UNSUPPORTED:
        raise typer.Exit(Exit.UNKNOWN)
    if broken or report["keys"] != report["certificates"] or any(_bad(each) for each in report["rest"]):
        raise typer.Exit(Exit.FAILED)


def _revoking(data: bytes) -> RevocationList | None:
    try:
        return None if master_list.is_one(data) else revocation_list(data)
    except PassportError:
        return None


def _revoked(file: Path, revoking: RevocationList) -> dict[str, Any]:
    return {"file": file.name} | _of_revocations(revoking)


def _of_revocations(each: RevocationList) -> dict[str, Any]:
    return {
        "issuer": each.issuer,
        "country": each.country,
        "revoked": len(each.revoked),
        "this_update": each.this_update.isoformat(),
        "next_update": each.next_update.isoformat() if each.next_update else None,
    }


def _revoked_for_people(file: Path, revoking: RevocationList) -> str:
    return f"{file.name}: a revocation list of {_revocations_for_people(revoking)}\n  issued by {revoking.issuer}"


def _revocations_for_people(revoking: RevocationList) -> str:
    due = f", the next due on {revoking.next_update:%Y-%m-%d}" if revoking.next_update else ""
    return f"{revoking.country}: {len(revoking.revoked)} revoked{due}"


def _bad(group: dict[str, Any]) -> bool:
    """A certificate whose issuer is elsewhere is met in every list; one that is forged is not."""
    return group["reason"] not in (Own.NO_ISSUER, Own.NAME_ONLY)


def _report(inside: tuple[Certificate, ...], unreadable: tuple[str, ...]) -> dict[str, Any]:
    proofs = master_list.proofs(inside)
    rest: dict[str, list[dict[str, str]]] = {}
    for each, how in proofs:
        if not how.verified:
            rest.setdefault(how, []).append(_named(each))
    if unreadable:
        rest.setdefault(Own.UNREADABLE, []).extend({"error": why} for why in unreadable)
    ways = (Own.SELF, Own.ISSUER)
    return {
        "certificates": len(inside) + len(unreadable),
        "parse": len(inside),
        "keys": sum(1 for each in inside if _key_loads(each)),
        "verify": sum(1 for _, how in proofs if how.verified),
        "verify_by": {way.value: sum(1 for _, how in proofs if how is way) for way in ways},
        "rest": [{"reason": why, "count": len(found), "certificates": found} for why, found in rest.items()],
    }


def _key_loads(certificate: Certificate) -> bool:
    try:
        return certificate.key is not None
    except PassportError:
        return False


def _named(certificate: Certificate) -> dict[str, str]:
    try:
        wanted = certificate.authority_key_id
        about = {"subject": certificate.subject, "issuer": certificate.issuer}
        about["issuer_key_id"] = wanted.hex() if wanted else ""
    except PassportError as error:
        about = {"error": str(error)}
    return about | {"fingerprint": certificate.fingerprint}


def _list_signature(listed: MasterList) -> dict[str, Any]:
    issuer, broken = listed.issuer_of_signer(), listed.broken()
    return {
        "country": listed.country,
        "signed_at": listed.signed_at.isoformat() if listed.signed_at else None,
        "signature": "holds" if broken is None else "broken",
        "why": broken,
        "signer": listed.signer.subject if listed.signer else None,
        "issuer": issuer.subject if issuer else None,
        "issuer_fingerprint": issuer.fingerprint if issuer else None,
    }


def _report_for_people(report: dict[str, Any]) -> str:
    lines = []
    if signature := report["master_list"]:
        lines.append(f"{report['file']}: a master list of {signature['country'] or 'nobody'}")
        if signature["signature"] == "holds":
            lines.append(f"  its signature holds; behind it stands {signature['issuer']}")
            lines.append(f"  SHA-256 {signature['issuer_fingerprint']}")
        else:
            lines.append(f"  its own signature does not hold: {signature['why']}")
    if len(report["fingerprints"]) <= _MOST_LINES:
        lines += [f"{report['file']}: SHA-256 {each}" for each in report["fingerprints"]]
    by_self, by_issuer = report["verify_by"].values()
    lines.append(
        f"{report['certificates']} certificates: {report['parse']} parse, {report['keys']} keys load,"
    )
    lines.append(
        f"  {report['verify']} verify: {by_self} by their own key, {by_issuer} by an issuer's in the list"
    )
    for group in report["rest"]:
        lines.append(f"{group['count']} do not: {_REST.get(group['reason'], group['reason'])}")
        lines += [f"  {each.get('subject') or each.get('error')}" for each in group["certificates"]]
    return "\n".join(lines)


def _told(result: Imported | Refused) -> dict[str, Any]:
    if isinstance(result, Refused):
        return {"refused": result.why, "detail": result.detail}
    return asdict(result) | {"dated": result.dated.isoformat() if result.dated else None}


def _said(result: Imported | Refused) -> str:
    if isinstance(result, Refused):
        return f"not taken: {_WHY[result.why]}" + (f" ({result.detail})" if result.detail else "")
    match result.kind:
        case Kind.MASTER_LIST:
            about = (
                f"{result.certificates} certificates from the master list of {result.country}{_dated(result)}"
            )
            if not result.known:
                about += (
                    "\n  Whoever makes a list can sign it. Compare with what that state publishes, SHA-256 of its"
                    f" certificate:\n  {result.fingerprint}"
                )
            return about
        case Kind.REVOCATION_LIST:
            return f"revocation list of {result.country}{_dated(result)}: {result.certificates} revoked"
        case Kind.SIGNER:
            return f"a document signer of {result.country}"
    return f"a certificate of {result.country}, SHA-256 {result.fingerprint}"


def _dated(result: Imported) -> str:
    return f" of {result.dated:%Y-%m-%d}" if result.dated else ""
