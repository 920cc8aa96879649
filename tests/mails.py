"""What journeys ask of the outbox: the mails of a test, and that none of them tells about health."""

from gravida.web.mail.neutral import telling_words
from gravida.web.mail.outbox import MailKind
from gravida.web.mail.sender import sender
from gravida.web.models import Mail

NOTICE = MailKind("test.notice", when_unsure="resend")


def every_mail_is_neutral(*, except_words_of: tuple[str, ...] = ()) -> int:
    """Look at sender, subject, text and every address of all mails queued so far; how many there were.

    `except_words_of` names kinds that carry a visitor's own words: their subject is looked at all the same.
    """
    mails = list(Mail.objects.filter(erased_at=None).order_by("id"))
    found = {}
    for mail in mails:
        texts = [sender().name, sender().address, mail.subject, mail.unsubscribe_url]
        if mail.kind not in except_words_of:
            texts += [mail.text, mail.reply_to]
        if words := [word for text in texts for word in telling_words(text)]:
            found[f"{mail.kind} in {mail.language}"] = words
    assert found == {}, f"mails tell about health: {found}"
    return len(mails)
