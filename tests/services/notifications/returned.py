"""What mail servers send back, as they write it."""

#: What Postfix 3.7 sends, with the parts that vary left open.
_DSN = """\
Return-Path: <>
Received: by mx.example.net (Postfix)
\tid 8C4A6120F1C; Thu, 24 Sep 2026 10:00:03 +0200 (CEST)
Date: Thu, 24 Sep 2026 10:00:03 +0200 (CEST)
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@bounces.fds.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4B3C2120F1A.1790236803/mx.example.net"
Content-Transfer-Encoding: 8bit
Message-Id: <20260924080003.8C4A6120F1C@mx.example.net>

This is a MIME-encapsulated message.

--4B3C2120F1A.1790236803/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--4B3C2120F1A.1790236803/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: 01a1b2c300007000800000000000000a
X-Postfix-Queue-ID: 4B3C2120F1A
X-Postfix-Sender: rfc822; bounces@bounces.fds.example
Arrival-Date: Thu, 24 Sep 2026 10:00:02 +0200 (CEST)

Final-Recipient: rfc822; camille@example.org
Original-Recipient: rfc822;camille@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; {words}{more}

--4B3C2120F1A.1790236803/mx.example.net
Content-Description: Undelivered Message Headers
Content-Type: message/rfc822

{original}

--4B3C2120F1A.1790236803/mx.example.net--
"""

#: The example of RFC 5965, appendix B.2.
_COMPLAINT = """\
From: <abusedesk@example.com>
Date: Thu, 8 Mar 2005 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
192.0.2.1 on Thu, 8 Mar 2005 14:00:00 EDT.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: {path}
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Source-IP: 192.0.2.1
Reported-Domain: example.net

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

Return-Path: <{path}>
From: <parvis@fds.example>
To: <Undisclosed Recipients>
Subject: Votre inscription

Bonjour

--part1_13d.2e68ed54_boundary--
"""


def dsn(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 <camille@example.org>: Recipient address rejected:\n    unknown",
    more: str = "",
    original: bytes = b"From: parvis@fds.example\nSubject: Votre inscription\n",
) -> bytes:
    """Return a report on delivery (RFC 3464)."""
    text = _DSN.format(
        action=action,
        status=status,
        words=words,
        more=more.replace("\r\n", "\n"),
        original=original.decode().replace("\r\n", "\n"),
    )
    return text.replace("\n", "\r\n").encode()


def complaint(path: str, *, kind: str = "abuse") -> bytes:
    """Return a complaint (RFC 5965) about a mail that came from that return path."""
    return _COMPLAINT.format(path=path, kind=kind).replace("\n", "\r\n").encode()
