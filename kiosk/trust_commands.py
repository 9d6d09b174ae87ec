"""`kiosk trust …`: import what states publish, list what is trusted, check a list before.

Nothing is trusted by default. A master list proves by its signature that it is whole, not who sent it: the
fingerprint of the country certificate behind it is printed, to be compared with what the state publishes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.passport import master_list
from hardware.passport.certificates import Certificate, certificates
from hardware.passport.errors import PassportError
from hardware.passport.master_list import Broken, MasterList, Own
from hardware.passport.trust_store import Imported, Kind, Refused, TrustStore
from kiosk.cli import DEFAULT_INI, Exit, Ini, Json, settings_or_exit

app = typer.Typer(no_args_is_help=True, help="Which states' signatures on documents are believed.")

Store = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="By default `trust` in the state directory.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False, readable=True)]

_MOST_LINES = 10
_WHY = {
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


@app.command("import")
def import_(files: Files, store: Store = None, ini: Ini = DEFAULT_INI, as_json: Json = False) -> None:
    """Trust what is in these files: master lists, certificates of states, revocation lists."""
    keep = store_at(store, ini)
    results = []
    for path in _roots_first(files):
        try:
            results += [(path, result) for result in keep.take(path.read_bytes())]
        except OSError as error:
            typer.echo(f"{path}: {error.strerror}", err=True)
            raise typer.Exit(Exit.FAILED) from None
    if as_json:
        typer.echo(json.dumps([{"file": path.name} | _told(result) for path, result in results]))
    else:
        _results_for_people(results)
    if any(isinstance(result, Refused) for _, result in results):
        raise typer.Exit(Exit.FAILED)


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
                    "revocation_lists": [
                        {
                            "issuer": each.issuer, "country": each.country, "revoked": len(each.revoked),
                            "this_update": each.this_update.isoformat(),
                            "next_update": each.next_update.isoformat() if each.next_update else None,
                        }
                        for each in found.revocations
                    ],
                    "damaged": list(found.damaged),
                }
            )
        )  # fmt: skip
    elif not found.authorities:
        typer.echo(f"Nothing is trusted yet ({keep.directory}): kiosk trust import FILE…")
    else:
        _list_for_people(keep)
    if found.damaged:
        typer.echo(f"Can't be read, import again: {', '.join(found.damaged)}", err=True)
        raise typer.Exit(Exit.FAILED)


def _list_for_people(keep: TrustStore) -> None:
    found = keep.listed()
    for each in found.lists:
        typer.echo(f"Master list of {each.country}{_dated(each)}: {each.certificates} certificates")
    typer.echo(f"{sum(found.authorities.values())} certificates of {len(found.authorities)} states:")
    typer.echo("  " + " ".join(f"{country} {count}" for country, count in found.authorities.items()))
    if found.signers:
        typer.echo(f"{found.signers} document signers")
    for revoking in found.revocations:
        due = f", the next due on {revoking.next_update:%Y-%m-%d}" if revoking.next_update else ""
        typer.echo(f"Revocation list of {revoking.country}: {len(revoking.revoked)} revoked{due}")


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Look at a master list, or certificates, without trusting them: what parses, loads and verifies."""
    data = file.read_bytes()
    listed: MasterList | None = None
    unreadable: tuple[str, ...] = ()
    try:
        if master_list.is_one(data):
            listed = master_list.parse(data)
            inside, unreadable = listed.certificates, listed.unreadable
        else:
            inside = certificates(data)
    except PassportError as error:
        typer.echo(
            json.dumps({"file": file.name, "error": str(error)}) if as_json else f"{file.name}: {error}"
        )
        raise typer.Exit(Exit.FAILED) from None
    report = _report(inside, unreadable)
    report |= {"file": file.name, "master_list": _list_signature(listed) if listed else None}
    typer.echo(json.dumps(report) if as_json else _report_for_people(report))
    broken = listed.broken() if listed else None
    if broken is Broken.UNSUPPORTED:
        raise typer.Exit(Exit.UNKNOWN)
    if broken or report["keys"] != report["certificates"] or any(_bad(each) for each in report["rest"]):
        raise typer.Exit(Exit.FAILED)


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
