"""Both ways of travelling, each site in a thread: what they bring, and whom they turn away."""

import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gravida.analysis.federated.messages import Kind, request, to_json
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.federated.rounds import SiteRefused, fit_over, site_answer
from gravida.analysis.federated.rows import site_rows
from gravida.explain.federated.by_files import NothingCame, answer_by_files
from gravida.explain.federated.by_http import CoordinatorRefused, answer_by_http
from gravida.explain.federated.coordinate import Coordinator
from gravida.explain.federated.http_server import NotPrivate, serve
from gravida.explain.federated.http_words import AT, CALL, call_headers
from gravida.explain.federated.left_log import LeftLog
from gravida.explain.federated.sealed import Seal
from gravida.explain.federated.site import SiteSession
from tests.analysis.federated.sites import SITES, four_sites_of, plan

SEALS = {site: Seal(site=site, key=bytes([at]) * 32) for at, site in enumerate(SITES)}
DATA = four_sites_of(rows=16_000, seed=5)
LATE = {"weeks": [1, 6, 9, 14]}


def session(at: int, folder: Path, agreed: FederatedPlan) -> SiteSession:
    log = LeftLog(
        path=folder / f"{SITES[at]}.left",
        plan_hash=agreed.hash,
        site=SITES[at],
        now=lambda: datetime.now(UTC),
    )
    return SiteSession(rows=site_rows(agreed, DATA[at]), seal=SEALS[SITES[at]], log=log)


def coordinator(folder: Path, agreed: FederatedPlan) -> Coordinator:
    return Coordinator(plan=agreed, folder=folder / "messages", seals=SEALS, patience=60, pause=0.01)


def run(folder: Path, agreed: FederatedPlan, way: str, *, wests: FederatedPlan | None = None) -> Any:
    """The fit and each site's end."""
    asking = coordinator(folder, agreed)
    server = serve(asking, host="127.0.0.1", port=0) if way == "http" else None
    ends: dict[int, Any] = {}

    def answer(at: int) -> None:
        own = session(at, folder, wests if wests is not None and at == 3 else agreed)
        if server is None:
            ends[at] = answer_by_files(own, folder=folder / "messages", patience=60, pause=0.01)
        else:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            ends[at] = answer_by_http(own, url=url, patience=60, pause=0.01)

    threads = [threading.Thread(target=answer, args=(at,)) for at in range(4)]
    try:
        for thread in threads:
            thread.start()
        return asking.run(), ends
    finally:
        for thread in threads:
            thread.join(timeout=60)
        if server is not None:
            server.shutdown()
            server.server_close()


@pytest.mark.parametrize("way", ["files", "http"])
@pytest.mark.parametrize("model", ["logistic", "cox_efron", "cox_breslow"])
def test_whichever_way_messages_travel_the_fit_has_the_same_bits(
    tmp_path: Path, way: str, model: str
) -> None:
    # given
    agreed = plan(model, **({} if model == "logistic" else LATE))
    rows = [site_rows(agreed, columns) for columns in DATA]
    # when
    found, ends = run(tmp_path, agreed, way)
    # then
    direct = fit_over(
        agreed,
        lambda told: [site_answer(own, told, site=name) for name, own in zip(SITES, rows, strict=True)],
    )
    assert found.estimates.tolist() == direct.estimates.tolist()
    assert found.covariance.tolist() == direct.covariance.tolist()
    assert [ends[at].reason for at in range(4)] == [""] * 4


@pytest.mark.parametrize("way", ["files", "http"])
def test_a_site_with_another_plan_ends_the_run_and_all_sites_hear_why(tmp_path: Path, way: str) -> None:
    with pytest.raises(SiteRefused, match="west refuses round 1: the site holds another plan"):
        run(tmp_path, plan(), way, wests=plan(smallest_cell=3))


def certificate_of_this_machine(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself, and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "coordinator")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private_key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private_key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private_key


def test_over_tls_a_site_knows_its_coordinator_by_the_certificate(tmp_path: Path) -> None:
    # given
    certificate, private_key = certificate_of_this_machine(tmp_path)
    asking = coordinator(tmp_path, plan())
    ask = request(plan_hash=plan().hash, round_=1, kind=Kind.COUNTS)
    asking.boxes["north"].ask(1, SEALS["north"].close(to_json(ask), way="request", round_=1))
    server = serve(asking, host="127.0.0.1", port=0, certificate=certificate, private_key=private_key)
    url = f"https://127.0.0.1:{server.server_address[1]}"
    own = session(0, tmp_path, plan())
    # when
    with pytest.raises(NothingCame):
        answer_by_http(own, url=url, patience=0.2, pause=0.05)
    unknown = asking.boxes["north"].answer(1)
    with pytest.raises(NothingCame):
        answer_by_http(own, url=url, patience=0.2, pause=0.05, ca=certificate)
    server.shutdown()
    server.server_close()
    # then
    assert unknown is None
    assert asking.boxes["north"].answer(1) is not None


def test_a_site_that_hears_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(NothingCame, match="run again to go on"):
        answer_by_files(session(0, tmp_path, plan()), folder=tmp_path, patience=0.0, pause=0.01)


@pytest.fixture
def address(tmp_path: Path):
    asking = coordinator(tmp_path, plan())
    asking.boxes["north"].ask(1, SEALS["north"].close(b"{}", way="request", round_=1))
    server = serve(asking, host="127.0.0.1", port=0)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def call(
    address: str, method: str, path: str, *, seal: Seal = SEALS["north"], body: bytes = b"", **other: Any
):
    now = other.pop("now", datetime.now(UTC))
    headers = call_headers(seal, method=method, path=path, body=body, now=now) | other
    return httpx.request(method, address + path, content=body, headers=headers)


def test_only_the_site_itself_is_given_its_requests(address: str) -> None:
    path = "/north/next?after=0"
    assert call(address, "GET", path).status_code == 200
    assert call(address, "GET", path, seal=SEALS["south"]).status_code == 403
    assert httpx.get(address + path).status_code == 403
    assert call(address, "GET", path, now=datetime(2020, 1, 1, tzinfo=UTC)).status_code == 403
    assert call(address, "GET", path, **{AT: "yesterday"}).status_code == 403
    assert call(address, "GET", path, **{CALL: "é".encode()}).status_code == 403
    assert call(address, "GET", "/north/next?after=1", **{"X-More": "1"}).status_code == 204


@pytest.mark.parametrize("path", ["/", "/nobody/next", "/north/next/1", "/north/..%2f", "/north/1"])
def test_other_places_do_not_exist(address: str, path: str) -> None:
    assert call(address, "GET", path).status_code == 404


def test_an_answer_that_does_not_fit_its_request_is_not_kept(address: str, tmp_path: Path) -> None:
    assert call(address, "POST", "/north/1", body=b"anything").status_code == 403
    assert call(address, "POST", "/north/2", body=b"anything").status_code == 404
    assert not list((tmp_path / "messages").rglob("*.answer"))


def test_a_site_is_told_why_the_coordinator_turns_it_away(address: str, tmp_path: Path) -> None:
    own = session(0, tmp_path, plan())
    own.seal = Seal(site="north", key=SEALS["south"].key)
    with pytest.raises(CoordinatorRefused, match="is the key the same"):
        answer_by_http(own, url=address, patience=1)


def test_messages_do_not_leave_the_machine_without_tls(tmp_path: Path) -> None:
    with pytest.raises(NotPrivate, match="readable on the way"):
        serve(coordinator(tmp_path, plan()), host="0.0.0.0", port=0)  # noqa: S104 - what is refused
    with pytest.raises(NotPrivate):
        answer_by_http(session(0, tmp_path, plan()), url="http://study.example.org", patience=1)
