"""The secrets of a message: its reference, the receipt of a form, the address and the code of its page."""

import secrets
from datetime import datetime

from gravida.find.contact.models import Access, Request, Team
from gravida.web.sealed import blind
from gravida.web.tokens import CODE_GROUP, CODE_GROUPS, CODE_SIGNS, digest, new_code, normal_code

PAGE, CODE, RECEIPT, FORM = "contact page", "contact code", "contact receipt", "contact form"
# Half a million messages leave one reference in four free: four more signs come only after that.
_TRIES_OF_FOUR = 12


def new_reference() -> str:
    """A reference that no message has, as G-7K2Q; easy to read out on the telephone."""
    for attempt in range(10 * _TRIES_OF_FOUR):
        groups = 1 if attempt < _TRIES_OF_FOUR else 2
        reference = "-".join(
            ["G", *("".join(secrets.choice(CODE_SIGNS) for _ in range(4)) for _ in range(groups))]
        )
        if not Request.objects.filter(reference=reference).exists():
            return reference
    raise RuntimeError("no free reference found among 5 * 10^11: the random source repeats itself")


def form_digest(idempotency_key: str) -> str:
    """What is kept of a form's key."""
    return digest(idempotency_key, purpose=FORM)


def receipt_of(idempotency_key: str) -> str:
    """The secret of the page after sending: a form sent again leads to the same page."""
    return blind(idempotency_key, purpose=RECEIPT)


def code_of(receipt: str) -> str:
    """The code that a form's sender gets, as 7K2Q-9FHM-XR4T; computed from the receipt, kept as a digest."""
    number = int(blind(receipt, purpose=CODE), 16)
    signs = []
    for _ in range(CODE_GROUPS * CODE_GROUP):
        number, index = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[index])
    return "-".join("".join(signs[at : at + CODE_GROUP]) for at in range(0, len(signs), CODE_GROUP))


def give_access(
    request: Request, *, token: str, receipt: str, team: Team | None = None, at: datetime
) -> Access:
    """A key to the private page for whoever sent a form to this team, else to the message's own."""
    return Access.objects.create(
        request=request,
        token_digest=page_digest(token),
        code_digest=code_digest(code_of(receipt)),
        receipt_digest=digest(receipt, purpose=RECEIPT),
        token=token,
        team=team or request.team,
        made_at=at,
    )


def give_new_code(access: Access, *, at: datetime) -> str:
    """A further code for the same page; both open it."""
    code = new_code()
    Access.objects.create(
        request=access.request,
        token_digest=access.token_digest,
        code_digest=code_digest(code),
        token=access.token,
        team=access.team,
        made_at=at,
    )
    return code


def page_digest(token: str) -> str:
    """What is kept of a private page's address."""
    return digest(token, purpose=PAGE)


def code_digest(typed: str) -> str:
    """What is kept of a code, however it is typed."""
    return digest(normal_code(typed), purpose=CODE)
