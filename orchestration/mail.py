"""Mail by Airflow's connection MAIL: the notices of the outbox, and single letters. Tasks and notifiers call it."""

import logging

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from pipeline.watch import outbox
from warehouse.home import Home

MAIL = "smtp_default"  # id of the Airflow connection
log = logging.getLogger(__name__)


class NoMail(RuntimeError):
    """No mail can be sent, by the settings and not by a failure; the message says why."""


def recipients() -> list[str]:
    """To whom is mailed: `to` in the connection's extra. Raises NoMail without a connection or recipients."""
    try:
        named = BaseHook.get_connection(MAIL).extra_dejson.get("to", [])
    except AirflowNotFoundException:
        raise NoMail(f"没有配置邮件连接 {MAIL}，只写文件 (no mail connection: file only)") from None
    to = [named] if isinstance(named, str) else list(named)
    if not to:
        raise NoMail(f"邮件连接 {MAIL} 的 extra 没有收件人 to (no recipients)")
    return to


def send(subject: str, content: str) -> list[str]:
    """Mail a letter of HTML to the recipients; gives them. Raises NoMail, and what SMTP raises."""
    to = recipients()
    with SmtpHook(MAIL) as mail:
        mail.send_email_smtp(to=to, subject=subject, html_content=content)
    return to


def send_notices(home: Home) -> list[int]:
    """Mail the notices that were not mailed yet; gives their ids. Raises NoMail, what SMTP raises, locks.Busy."""
    recipients()
    return outbox.mail_unsent(
        home, lambda subject, content: log.info("mailed to %s: %s", send(subject, content), subject)
    )
