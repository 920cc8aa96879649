"""Records from the live registry: one study by its number, or every page of a query."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from gravida.find.models import ImportRun, RecordVersion
from gravida.find.record import NUMBER
from gravida.find.registry.client import NotFound, RefusedRequest, RegistryClient, RegistryFault
from gravida.find.registry.intake import Intake, Progress, Silent, close_run, open_run, studies_before
from gravida.find.registry.sources import CHUNK
from gravida.find.registry.splitter import Splitter
from gravida.find.registry.verdict import Ending, Report, Tally
from gravida.find.strict_json import read_json

PAGE_SIZE = 500
_COUNTRY = re.compile(r"[^\W\d_][\w .,'’()-]{1,79}")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked of the registry: one study, or those of a condition, with a site in a country if named.

    ValueError unless there is either a number such as NCT05557201, or a condition of at most 300 signs.
    """

    number: str = ""
    condition: str = ""
    country: str = ""

    def __post_init__(self) -> None:
        if bool(self.number) == bool(self.condition):
            raise ValueError("either a number or a condition is needed, not both")
        if self.number and not NUMBER.fullmatch(self.number):
            raise ValueError(f"{self.number[:40]!r} is no registry number: NCT and eight digits are needed")
        if len(self.condition) > 300 or not self.condition.isprintable():
            raise ValueError("the condition has more than 300 signs, or signs that cannot be printed")
        if self.country and not _COUNTRY.fullmatch(self.country):
            raise ValueError(f"{self.country[:40]!r} is no name of a country")

    @property
    def origin(self) -> str:
        """The query in words, the same for the same query."""
        if self.number:
            return self.number
        return f'"{self.condition}"' + (f" in {self.country}" if self.country else "")

    @property
    def parameters(self) -> dict[str, str]:
        """The query as the API takes it."""
        parameters = {"query.cond": self.condition, "pageSize": str(PAGE_SIZE), "format": "json"}
        if self.country:
            parameters["filter.advanced"] = f'AREA[LocationCountry]"{self.country}"'
        return parameters


def fetch(
    query: Query,
    *,
    client: RegistryClient,
    now: datetime,
    accept_smaller: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Fetch the query's studies into the database. A broken fetch of the same query goes on at its page."""
    run = _run_to_go_on(query) or open_run(origin=query.origin, source=RecordVersion.Source.REGISTRY, now=now)
    intake = Intake(run=run, now=now, progress=progress or Silent(), tally=_tally_of(run))
    client.check = _fault_of_answer
    work = _Fetch(query=query, client=client, intake=intake)
    try:
        work.note_data_date()
        work.one_study() if query.number else work.every_page()
    except NotFound:
        return _end(intake, query, ending=Ending.UNKNOWN_NUMBER, now=now)
    except RegistryFault as fault:
        intake.save()
        # The run stays open: the same command goes on from its page.
        return Report(origin=query.origin, ending=Ending.UNREACHABLE, tally=intake.tally, found=fault.found)
    return _end(intake, query, ending=_ending(intake, accept_smaller=accept_smaller), now=now)


@dataclass
class _Fetch:
    query: Query
    client: RegistryClient
    intake: Intake
    _tokens: set[str] = field(default_factory=set)

    def note_data_date(self) -> None:
        """Write down of which day the registry's data are."""
        try:
            with self.client.get("/version", {}) as answer:
                version = json.load(answer)
        except (NotFound, RefusedRequest, ValueError):
            version = {}
        stamp = version.get("dataTimestamp") if isinstance(version, dict) else None
        self.intake.run.data_timestamp = stamp[:40] if isinstance(stamp, str) and stamp.isprintable() else ""
        self.intake.run.save(update_fields=["data_timestamp"])

    def one_study(self) -> None:
        """Fetch the study of the query's number."""
        with self.client.get(f"/studies/{self.query.number}", {"format": "json"}) as answer:
            self._take(answer)
        self.intake.save()

    def every_page(self) -> None:
        """Fetch page after page, from the run's token on; from the first page when it has expired."""
        token = self.intake.run.next_page_token
        try:
            token = self._page(token)
        except RefusedRequest as refused:
            if not token:
                raise RegistryFault("the registry does not accept this query") from refused
            self.intake.tally = Tally()
            token = self._page("")
        while token:
            try:
                token = self._page(token)
            except RefusedRequest as refused:
                self.intake.save(next_page_token="")
                raise RegistryFault("the registry no longer knows the page it named") from refused

    def _page(self, token: str) -> str:
        """Take in one page; the token of the next, empty after the last."""
        parameters = self.query.parameters | ({"pageToken": token} if token else {})
        self._tokens.add(token)
        with self.client.get("/studies", parameters) as answer:
            following = self._take(answer)
        if following in self._tokens and following:
            self.intake.save(next_page_token="")
            raise RegistryFault("the registry names the same page again and again")
        self.intake.save(next_page_token=following)
        return following

    def _take(self, answer: IO[bytes]) -> str:
        splitter = Splitter(iter(lambda: answer.read(CHUNK), b""), read=read_json)
        self.intake.take(splitter, file=self.query.origin)
        return splitter.next_page_token[:500]


def _fault_of_answer(answer: IO[bytes]) -> str:
    """Why an answer is not whole; empty when it is."""
    splitter = Splitter(iter(lambda: answer.read(CHUNK), b""))
    for _ in splitter:
        pass
    return "the answer is cut" if splitter.is_cut or splitter.is_empty else ""


def _run_to_go_on(query: Query) -> ImportRun | None:
    open_runs = ImportRun.objects.filter(
        origin=query.origin, source=RecordVersion.Source.REGISTRY, outcome=ImportRun.Outcome.RUNNING
    )
    return open_runs.exclude(next_page_token="").order_by("-id").first()


def _tally_of(run: ImportRun) -> Tally:
    return Tally(**{name: getattr(run, name) for name in vars(Tally())})


def _ending(intake: Intake, *, accept_smaller: bool) -> Ending:
    if not intake.tally.good:
        return Ending.EMPTY if not intake.tally.read else Ending.NOT_RECORDS
    is_smaller = intake.tally.good * 2 < studies_before(intake.run.origin)
    return Ending.SHRUNK if is_smaller and not accept_smaller else Ending.DONE


def _end(intake: Intake, query: Query, *, ending: Ending, now: datetime) -> Report:
    report = Report(
        origin=query.origin,
        ending=ending,
        tally=intake.tally,
        found=f"none of {intake.tally.read} records is a study",
        before=studies_before(intake.run.origin),
    )
    close_run(intake.run, intake.tally, now=now, reason=report.sentence)
    return report
