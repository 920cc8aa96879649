"""`gravida federated`: a model on rows that stay where they are."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gravida.analysis.fit import Fit
    from gravida.explain.federated.coordinate import Coordinator

HEARING = 60.0  # seconds in which sites fetch the last word


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `federated key`, `federated site` and `federated coordinate` to the command line."""
    federated = commands.add_parser("federated", help="fit a model over sites whose rows stay where they are")
    acts = federated.add_subparsers(dest="act", required=True, metavar="ACT")
    key = acts.add_parser("key", help="make the key that one site and the coordinator share")
    key.add_argument("file", type=Path, help="where it goes; it must not exist")
    key.set_defaults(run=_key)
    site = acts.add_parser("site", help="answer for one site's rows; only sums leave, and a log says which")
    site.add_argument(
        "--plan", type=Path, required=True, help="the federated plan (TOML), the same everywhere"
    )
    site.add_argument("--data", type=Path, required=True, help="this site's rows: Parquet or CSV")
    site.add_argument("--name", required=True, help="this site's name in the plan")
    site.add_argument(
        "--key", type=Path, required=True, help="the file of the key shared with the coordinator"
    )
    site.add_argument("--log", type=Path, required=True, help="where everything that leaves is written down")
    way = site.add_mutually_exclusive_group(required=True)
    way.add_argument("--folder", type=Path, help="the folder shared with the coordinator")
    way.add_argument("--url", help="the coordinator's address, as https://study.example.org")
    site.add_argument("--ca", type=Path, help="certificate authority of the coordinator, where it is its own")
    _add_waiting(site)
    site.set_defaults(run=_site)
    coordinate = acts.add_parser("coordinate", help="ask all sites and write the pooled fit")
    coordinate.add_argument("--plan", type=Path, required=True, help="the federated plan (TOML)")
    coordinate.add_argument("--keys", type=Path, required=True, help="folder with SITE.key for every site")
    coordinate.add_argument("--folder", type=Path, required=True, help="where messages are kept, or shared")
    coordinate.add_argument("--out", type=Path, required=True, help="the file of the result (JSON)")
    coordinate.add_argument("--listen", metavar="HOST:PORT", help="serve the messages over HTTP as well")
    coordinate.add_argument("--certificate", type=Path, help="certificate for --listen (PEM)")
    coordinate.add_argument("--private-key", type=Path, help="its private key (PEM)")
    _add_waiting(coordinate)
    coordinate.set_defaults(run=_coordinate)


def _add_waiting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--patience", type=float, default=604_800.0, metavar="SECONDS", help="a week")
    parser.add_argument("--pause", type=float, default=0.5, metavar="SECONDS", help="between two looks")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _key(options: argparse.Namespace) -> int:
    from gravida.explain.federated.sealed import write_key  # noqa: PLC0415 - other commands start without it

    write_key(options.file)
    _say(f"{options.file}: bring a copy to the other side by a way you trust, and show it to nobody else")
    return 0


def _site(options: argparse.Namespace) -> int:
    from gravida.analysis.federated.plan import read_plan  # noqa: PLC0415
    from gravida.analysis.federated.rows import site_rows  # noqa: PLC0415
    from gravida.explain.federated import by_files, by_http  # noqa: PLC0415
    from gravida.explain.federated.left_log import LeftLog  # noqa: PLC0415
    from gravida.explain.federated.sealed import ChangedOnTheWay, read_seal  # noqa: PLC0415
    from gravida.explain.federated.site import SiteSession  # noqa: PLC0415
    from gravida.explain.federated.table import read_columns  # noqa: PLC0415

    try:
        plan = read_plan(options.plan)
        if options.name not in plan.sites:
            return _failed(f"{options.plan}: no site {options.name!r}; it names {', '.join(plan.sites)}")
        seal = read_seal(options.key, site=options.name)
        log = LeftLog(path=options.log, plan_hash=plan.hash, site=options.name, now=lambda: datetime.now(UTC))
        rows = site_rows(plan, read_columns(options.data, plan))
        session = SiteSession(rows=rows, seal=seal, log=log)
        waiting = {"patience": options.patience, "pause": options.pause}
        _say(f"{options.name}: {len(rows.pattern)} rows of {rows.women} women, plan {plan.hash[:12]}")
        if options.folder is not None:
            end = by_files.answer_by_files(session, folder=options.folder, **waiting)
        else:
            end = by_http.answer_by_http(session, url=options.url, ca=options.ca, **waiting)
    except (ValueError, by_files.NothingCame, by_http.CoordinatorRefused, ChangedOnTheWay) as problem:
        return _failed(str(problem))
    _say(f"{options.name}: ended{f', without a fit: {end.reason}' if end.reason else ', fitted'}")
    _say(f"{len(log.answers)} answers left; {options.log} holds them")
    return 1 if end.reason else 0


def _coordinate(options: argparse.Namespace) -> int:
    from gravida.analysis.federated.plan import read_plan  # noqa: PLC0415
    from gravida.explain.federated.coordinate import STOPS, Coordinator, NoAnswer, OtherRounds  # noqa: PLC0415
    from gravida.explain.federated.result import write_result  # noqa: PLC0415
    from gravida.explain.federated.sealed import read_seal  # noqa: PLC0415

    try:
        plan = read_plan(options.plan)
        coordinator = Coordinator(
            plan=plan,
            folder=options.folder,
            seals={site: read_seal(options.keys / f"{site}.key", site=site) for site in plan.sites},
            patience=options.patience,
            pause=options.pause,
            heard=lambda round_, site: _say(f"round {round_}: {site}"),
        )
        fit = _run(coordinator, options)
    except (ValueError, NoAnswer, OtherRounds, *STOPS) as problem:
        return _failed(str(problem))
    write_result(options.out, plan, fit)
    _say(f"{options.out}: {len(fit.names)} terms from {fit.n_rows} rows of {fit.n_clusters} women")
    return 0


def _run(coordinator: "Coordinator", options: argparse.Namespace) -> "Fit":
    """The fit, with the messages served over HTTP meanwhile where that is wanted."""
    from gravida.explain.federated.http_server import let_sites_hear, serve  # noqa: PLC0415

    if not options.listen:
        return coordinator.run()
    host, _, port = options.listen.rpartition(":")
    if not port.isdecimal():
        raise ValueError(f"--listen {options.listen}: wanted HOST:PORT, as 127.0.0.1:8765")
    files = {"certificate": options.certificate, "private_key": options.private_key}
    server = serve(coordinator, host=host.strip("[]"), port=int(port), **files)
    _say(f"listening on {options.listen}")
    try:
        return coordinator.run()
    finally:
        let_sites_hear(coordinator, at_most=HEARING)
        server.shutdown()


def _failed(sentence: str) -> int:
    sys.stderr.write(f"gravida: {sentence}\n")
    return 1
