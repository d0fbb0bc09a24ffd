"""What the worker does for channels: look into mailboxes, send answers, drop what was left aside long ago."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from dingfen import blobs
from dingfen.channels import chats, events, media, sending, taking
from dingfen.channels.dingtalk import callback as dingtalk_in
from dingfen.channels.dingtalk import fetching as dingtalk_media
from dingfen.channels.dingtalk import sending as dingtalk
from dingfen.channels.feishu import callback as feishu_in
from dingfen.channels.feishu import fetching as feishu_media
from dingfen.channels.feishu import sending as feishu
from dingfen.channels.hooks import Hook
from dingfen.channels.mail import fetching
from dingfen.channels.mail import sending as mail
from dingfen.channels.mail import taking as mail_taking
from dingfen.channels.models import Channel, PhoneCall, Received
from dingfen.channels.phone import incoming as phone_in
from dingfen.channels.port import Receiver
from dingfen.channels.sending import Sender
from dingfen.channels.sms import incoming as sms_in
from dingfen.channels.sms import sending as sms
from dingfen.channels.taking import Reader
from dingfen.channels.webhook import incoming as webhook_in
from dingfen.channels.webhook import outgoing as webhook
from dingfen.channels.wecom import callback as wecom_in
from dingfen.channels.wecom import fetching as wecom_media
from dingfen.channels.wecom import sending as wecom

SENDERS: Mapping[str, Sender] = {
    Channel.MAIL: mail.send,
    Channel.WEBHOOK: webhook.send,
    Channel.WECOM: wecom.send,
    Channel.DINGTALK: dingtalk.send,
    Channel.FEISHU: feishu.send,
    Channel.SMS: sms.send,
}
READERS: Mapping[str, Reader] = {
    Channel.MAIL: mail_taking.take,
    Channel.WEBHOOK: chats.take,
    Channel.WECOM: chats.take,
    Channel.DINGTALK: chats.take,
    Channel.FEISHU: chats.take,
    Channel.SMS: sms_in.take,
}
HOOKS: Mapping[str, Hook] = {
    Channel.WEBHOOK: webhook_in.hook,
    Channel.WECOM: wecom_in.hook,
    Channel.DINGTALK: dingtalk_in.hook,
    Channel.FEISHU: feishu_in.hook,
    Channel.PHONE: phone_in.hook,
    Channel.SMS: sms_in.hook,
}
FETCHERS: Mapping[str, media.Fetcher] = {
    Channel.WECOM: wecom_media.fetch,
    Channel.DINGTALK: dingtalk_media.fetch,
    Channel.FEISHU: feishu_media.fetch,
}
KEPT = timedelta(days=30)


def poll_one(at: datetime) -> bool:
    """Look into one mailbox that is due; whether there may be more to do."""
    return fetching.poll_one(at)


def send_one(at: datetime) -> bool:
    """Send one message that is due; whether there was one."""
    return sending.send_one(at, senders=SENDERS, jitter=random.random)


def tell(at: datetime) -> bool:
    """Queue events for who subscribed; whether there may be more."""
    return events.tell(at)


def prepare(row: Received) -> None:
    """Fetch the picture or file of a chat message."""
    media.bring(row, FETCHERS)


def taker(receiver: Receiver) -> Callable[[datetime], bool]:
    """The job that hands what came in to a room."""

    def take_one(at: datetime) -> bool:
        return taking.take_one(at, receiver=receiver, readers=READERS, prepare=prepare)

    return take_one


def forget(at: datetime) -> int:
    """Drop messages that nobody took, and who called about nothing, a month after they came. How many it were."""
    old = Received.objects.exclude(state=Received.State.WAITING).filter(received_at__lt=at - KEPT)
    old = old.exclude(blob="", sealed=b"")
    blobs.let_go(list(old.exclude(blob="").values_list("blob", flat=True)))
    PhoneCall.objects.filter(case_uid=None, started_at__lt=at - KEPT).update(sealed=b"", who="")
    return old.update(blob="", sealed=b"")
