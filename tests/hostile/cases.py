"""What hostile and broken media hosts do, and what becomes of the recording.

Every case is a fact about the product, and runs with each reader. `README.md` beside this file is
the same, rendered.
"""

from collections.abc import Mapping, Sequence

from tests.hostile.answers import (
    AUDIO,
    CHANGED,
    ETAG,
    HALF,
    OTHER_ETAG,
    SIZE,
    SOURCE,
    TAGGED,
    TRUE_RANGE,
    answer,
    changed,
    cut,
    honest,
    page,
    refusal,
    rest,
    told,
    whole,
)
from tests.hostile.case import (
    BROKEN_OFF,
    EXPIRED,
    GIVEN_UP,
    MISSING,
    QUARANTINED,
    RETRY,
    Case,
)
from tests.hostile.server import Then, Turn

_LENGTH = f"Content-Length: {SIZE}"
_WHOLE = answer(200, *TAGGED, _LENGTH, body=SOURCE)
_HEAD_SIZE = len(_WHOLE) - SIZE
_CUT_SHORT = f"stopped after {HALF} of {SIZE} bytes: "


def _broken(name: str, does: str, turn: Turn, told: str = BROKEN_OFF) -> Case:
    """What no reader can make sense of is asked for again, and given up in the end."""
    return Case(
        name=name, does=does, script=[turn], ends=RETRY, requests=GIVEN_UP, told=told, kept=None
    )


def _refused(name: str, does: str, turn: Turn, told: str) -> Case:
    """What brings no byte that can be trusted is not asked for again in this run."""
    return Case(name=name, does=does, script=[turn], ends=RETRY, told=told)


def _dropped(name: str, does: str, turn: Turn) -> Case:
    """What is not provably the rest costs the part, never a wrong byte."""
    return Case(name=name, does=does, script=[turn, honest], requests=2, held=HALF)


CONNECTIONS = [
    Case(
        name="A body that ends early is continued",
        does="hangs up politely (FIN) in the middle of the body",
        script=[cut(), honest], requests=2, is_resumed=True,
    ),
    Case(
        name="A connection that is reset is asked again",
        does="resets (RST) in the middle of the body",
        script=[cut(then=Then.RESET), honest], requests=2, is_resumed=None,
    ),
    Case(
        name="A body that stops moving is broken off and continued",
        does="falls silent in the middle of the body",
        script=[cut(then=Then.SILENCE), honest], requests=2, is_resumed=True, first_deadline_s=0.5,
    ),
    Case(
        name="A body that drips is broken off and continued",
        does="sends the second half a byte every 20 ms",
        script=[Turn(_WHOLE, slowly=HALF, pause_s=0.02), honest],
        requests=2, is_resumed=True, first_deadline_s=0.5,
    ),
    Case(
        name="Headers that drip are broken off",
        does="sends the headers a byte every 20 ms",
        script=[Turn(_WHOLE[:_HEAD_SIZE], slowly=_HEAD_SIZE, pause_s=0.02), honest],
        requests=2, first_deadline_s=0.3,
    ),
    Case(
        name="A host that never answers is not waited for",
        does="accepts, reads the request and says nothing",
        script=[Turn(then=Then.SILENCE), honest], requests=2, first_deadline_s=0.3,
    ),
    Case(
        name="A host that does not even read is not waited for",
        does="accepts and does nothing",
        script=[Turn(then=Then.SILENCE, at_once=True), honest], requests=2, first_deadline_s=0.3,
    ),
    Case(
        name="An answer in single bytes is an answer",
        does="sends every byte by itself, without pauses",
        script=[Turn(_WHOLE, slowly=len(_WHOLE))],
    ),
    Case(
        name="A connection that ends without a word is asked again",
        does="hangs up after the request",
        script=[Turn(then=Then.CLOSE), honest], requests=2,
    ),
    Case(
        name="A connection that is reset without a word is asked again",
        does="resets after the request",
        script=[Turn(then=Then.RESET), honest], requests=2,
    ),
    Case(
        name="Headers that end early are no answer",
        does="hangs up in the middle of the headers",
        script=[Turn(_WHOLE[: _HEAD_SIZE // 2], Then.CLOSE), honest], requests=2,
    ),
    Case(
        name="Headers without a body are no recording",
        does="hangs up after the headers",
        script=[Turn(_WHOLE[:_HEAD_SIZE], Then.CLOSE), honest], requests=2,
    ),
    Case(
        name="A kept connection that is dead is replaced",
        does="answers 503, then hangs up without announcing it",
        script=[Turn(answer(503, "Content-Length: 0"), Then.CLOSE), honest], requests=2,
    ),
    Case(
        name="A host that alternates between hanging up and half a file gets there",
        does="hangs up at once, sends a half, hangs up at once, behaves",
        script=[Turn(then=Then.CLOSE, at_once=True), cut(), Turn(then=Then.CLOSE, at_once=True),
                honest],
        requests=4, is_resumed=True,
    ),
    _broken("A host that always hangs up is given up", "hangs up on every connection at once",
            Turn(then=Then.CLOSE, at_once=True)),
    Case(
        name="A host that nobody runs is given up",
        does="does not listen: the connection is refused",
        script=[honest], ends=RETRY, requests=0, told=BROKEN_OFF, kept=None,
        url="http://127.0.0.1:1/recording?X-Amz-Signature=hush-hush",
    ),
    Case(
        name="A host without TLS is not spoken to over https",
        does="sends plain HTTP where TLS is expected",
        script=[Turn(_WHOLE, Then.CLOSE, at_once=True)],
        ends=RETRY, requests=GIVEN_UP, told=BROKEN_OFF, kept=None,
        url="https://{address}/recording?X-Amz-Signature=hush-hush",
    ),
    Case(
        name="Beyond this machine nothing is asked for over plain http",
        does="is named by a link that begins with http://10.0.0.1",
        script=[honest], ends=RETRY, requests=0, told=BROKEN_OFF, kept=None,
        url="http://10.0.0.1/recording?X-Amz-Signature=hush-hush",
    ),
    Case(
        name="A link to a file is not opened",
        does="is named by a link that begins with file://",
        script=[honest], ends=RETRY, requests=0, told=BROKEN_OFF, kept=None,
        url="file:///etc/hostname?X-Amz-Signature=hush-hush",
    ),
]  # fmt: skip

LENGTHS = [
    _refused("A body that ends with the connection cannot be proved whole",
             "sends no Content-Length and hangs up after the body",
             Turn(answer(200, *TAGGED, body=SOURCE), Then.CLOSE), "no single Content-Length"),
    _refused("A body in chunks cannot be proved whole before it comes",
             "sends it in chunks, correctly",
             Turn(answer(200, *TAGGED, "Transfer-Encoding: chunked",
                         body=b"4\r\nRIFF\r\n0\r\n\r\n")), "no single Content-Length"),
    _refused("Chunks beside a length are refused",
             "sends chunks and a Content-Length, so that readers disagree on the end",
             Turn(answer(200, *TAGGED, "Transfer-Encoding: chunked", _LENGTH,
                         body=b"4\r\nRIFF\r\n0\r\n\r\n")), "the host sent chunks"),
    Case(
        name="The same length twice is one length", does="repeats its Content-Length",
        script=[Turn(answer(200, *TAGGED, _LENGTH, _LENGTH, body=SOURCE))],
    ),
    _broken("Two lengths are no length", "announces two different lengths",
            Turn(answer(200, *TAGGED, _LENGTH, "Content-Length: 10", body=SOURCE), Then.CLOSE)),
    _broken("A negative length is no length", "announces -1 bytes",
            Turn(answer(200, *TAGGED, "Content-Length: -1", body=SOURCE), Then.CLOSE)),
    _broken("A length with a unit is no length", "announces 20kB",
            Turn(answer(200, *TAGGED, "Content-Length: 20kB", body=SOURCE), Then.CLOSE)),
    _refused("A file larger than any recording is not begun", "announces 5 GB",
             Turn(answer(200, *TAGGED, "Content-Length: 5000000000", body=SOURCE), Then.CLOSE),
             "the host announced 5000000000 bytes"),
    _refused("An empty file is no recording", "announces and sends nothing",
             told(200, *TAGGED), "the host sent an empty file"),
    Case(
        name="What comes after the announced end is not part of the file",
        does="sends 100 bytes more than it announced",
        script=[Turn(_WHOLE + bytes(100))],
    ),
    Case(
        name="A host that always cuts, and has no ETag, is given up",
        does="sends the first half, again and again",
        script=[cut(AUDIO)], ends=RETRY, requests=GIVEN_UP + 1, told=_CUT_SHORT, kept=None,
    ),
    Case(
        name="A host that ignores Range and always cuts is given up",
        does="sends the first half with an ETag, again and again",
        script=[cut()], ends=RETRY, requests=GIVEN_UP + 1, told=_CUT_SHORT, kept=HALF,
    ),
]  # fmt: skip

FRAMING = [
    _broken("Noise before the status line is no answer", "sends a line of noise, then the answer",
            Turn(b"\x00\x01noise\r\n" + _WHOLE, Then.CLOSE)),
    _broken("Bytes without a head are no answer", "answers as HTTP/0.9 did: with the body alone",
            Turn(SOURCE, Then.CLOSE)),
    _broken("The preface of HTTP/2 is no answer", "begins to speak HTTP/2",
            Turn(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Then.CLOSE)),
    _broken("A status of two digits is no status", "answers with status 20",
            Turn(answer(20, *TAGGED, _LENGTH, body=SOURCE), Then.CLOSE)),
    _broken("A megabyte of headers is not read", "sends 10,000 headers",
            Turn(answer(200, *TAGGED, *["X-Filler: " + "x" * 90] * 10_000, _LENGTH, body=SOURCE),
                 Then.CLOSE)),
    _broken("A null byte in a header is no answer", "sends a header with a null byte",
            Turn(answer(200, *TAGGED, "X-Name: a\0b", _LENGTH, body=SOURCE), Then.CLOSE)),
    _broken("A line without a colon is no header", "sends a header line of words",
            Turn(answer(200, *TAGGED, "only words", _LENGTH, body=SOURCE), Then.CLOSE)),
    _refused("Bad chunks do not matter, as no chunks are read", "sends chunks of size “zz”",
             Turn(answer(200, *TAGGED, "Transfer-Encoding: chunked", body=b"zz\r\nRIFF"),
                  Then.CLOSE), "no single Content-Length"),
    Case(
        name="A header that goes on in the next line is understood",
        does="folds its Content-Type",
        script=[Turn(answer(200, "Content-Type: audio/wav;", "  codec=mulaw", _LENGTH,
                            body=SOURCE))],
    ),
    Case(
        name="Names of headers have no case",
        does="shouts and whispers its header names, and cuts once",
        script=[Turn(answer(200, "CONTENT-TYPE: audio/wav", f"eTaG: {ETAG}",
                            f"content-LENGTH: {SIZE}", body=SOURCE[:HALF]), Then.CLOSE), honest],
        requests=2, is_resumed=True,
    ),
    Case(
        name="Lines may end without a carriage return",
        does="ends its lines with LF alone",
        script=[Turn(_WHOLE[:_HEAD_SIZE].replace(b"\r\n", b"\n") + SOURCE)],
    ),
    Case(
        name="Answers that announce an answer are skipped",
        does="sends 100 Continue a thousand times first",
        script=[Turn(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000 + _WHOLE)],
    ),
    Case(
        name="What an early hint says is not what the answer says",
        does="sends 103 with another length and ETag first, and cuts once",
        script=[Turn(answer(103, "Content-Length: 9", f"ETag: {OTHER_ETAG}") + _WHOLE[:-HALF],
                     Then.CLOSE), honest],
        requests=2, is_resumed=True,
    ),
    Case(
        name="The old version of HTTP will do",
        does="answers as HTTP/1.0 and hangs up",
        script=[Turn(answer(200, *TAGGED, _LENGTH, body=SOURCE, version="1.0"), Then.CLOSE)],
    ),
    Case(
        name="What was smuggled in behind an answer is not taken for the next one",
        does="answers 503, and sends another recording behind it",
        script=[Turn(answer(503, "Content-Length: 0")
                     + answer(200, *TAGGED, _LENGTH, body=CHANGED)), honest],
        requests=2,
    ),
]  # fmt: skip

CONTINUED = [
    Case(
        name="A part that is whole already is not asked for",
        does="is not asked", script=[honest], requests=0, held=SIZE,
    ),
    Case(
        name="A host that honours Range sends the rest only",
        does="behaves", script=[honest], held=HALF, is_resumed=True,
    ),
    Case(
        name="The whole file in answer to a Range replaces the part",
        does="ignores Range", script=[whole()], held=HALF,
    ),
    Case(
        name="A changed file replaces the part",
        does="has another file with another ETag", script=[changed], held=HALF, content=CHANGED,
    ),
    Case(
        name="A file that changes between two requests is taken from one of them",
        does="cuts, and has another file with another ETag by the next request",
        script=[cut(), changed], requests=2, content=CHANGED,
    ),
    Case(
        name="A changed file is noticed although If-Range is ignored",
        does="sends the rest of another file, with its ETag",
        script=[rest(TRUE_RANGE, AUDIO, f"ETag: {OTHER_ETAG}", body=CHANGED[HALF:]), changed],
        requests=2, held=HALF, content=CHANGED,
    ),
    _dropped("A rest that starts elsewhere is dropped with the part",
             "sends all of it as 206",
             rest(f"bytes 0-{SIZE - 1}/{SIZE}", body=SOURCE)),
    _dropped("A rest that is shifted by a byte is dropped with the part",
             "sends as many bytes as are missing, from one byte too early",
             rest(f"bytes {HALF - 1}-{SIZE - 2}/{SIZE}", body=SOURCE[HALF - 1 : -1])),
    _dropped("A rest that ends early is dropped with the part", "leaves the last byte out",
             rest(f"bytes {HALF}-{SIZE - 2}/{SIZE}", body=SOURCE[HALF:-1])),
    _dropped("A rest of a larger file is dropped with the part", "says that the file grew",
             rest(f"bytes {HALF}-{SIZE - 1}/{SIZE + 1}")),
    _dropped("A rest of unknown total is dropped with the part", "gives * as the total",
             rest(f"bytes {HALF}-{SIZE - 1}/*")),
    _dropped("A rest without its range is dropped with the part", "sends 206 without Content-Range",
             rest(None)),
    _dropped("A range of 5,000 digits is no range", "counts to 10 to the power of 5,000",
             rest(f"bytes {HALF}-{'9' * 5_000}/{SIZE}")),
    _dropped("A rest without an ETag is dropped with the part", "leaves the ETag out",
             rest(TRUE_RANGE, AUDIO)),
    _dropped("A rest with two ETags is dropped with the part", "sends two ETags",
             rest(TRUE_RANGE, AUDIO, f"ETag: {OTHER_ETAG}", f"ETag: {ETAG}")),
    _dropped("A rest whose length contradicts its range is dropped with the part",
             "announces a range and one byte more",
             rest(TRUE_RANGE, body=SOURCE[HALF:] + b"x")),
    _dropped("A rest of unknown length is dropped with the part",
             "sends the rest without Content-Length and hangs up",
             Turn(answer(206, *TAGGED, f"Content-Range: {TRUE_RANGE}", body=SOURCE[HALF:]),
                  Then.CLOSE)),
    _dropped("Several parts are no rest", "sends multipart/byteranges",
             rest(None, "Content-Type: multipart/byteranges; boundary=x", f"ETag: {ETAG}")),
    _dropped("416 does not mean that all is there", "answers 416 with the true total",
             told(416, f"Content-Range: bytes */{SIZE}")),
    _dropped("416 with the size of the part does not mean that all is there",
             "answers 416 and calls the half the whole",
             told(416, f"Content-Range: bytes */{HALF}")),
    _dropped("416 without a total means nothing", "answers 416 in XML",
             refusal(416, "InvalidRange")),
    _dropped("412 says that the part is of another file", "answers 412",
             refusal(412, "PreconditionFailed")),
    _refused("416 to a question without Range is refused", "answers 416 to everything",
             told(416, f"Content-Range: bytes */{SIZE}"), "HTTP 416 although the whole"),
    _refused("A part of what was asked for as a whole is refused", "answers 206 without Range",
             rest(f"bytes 0-{SIZE - 1}/{SIZE}", body=SOURCE), "HTTP 206 although the whole"),
    Case(
        name="A weak ETag does not bind two halves",
        does="cuts, with a weak ETag", script=[cut(AUDIO, f"ETag: W/{ETAG}"), honest], requests=2,
    ),
    Case(
        name="A date does not bind two halves",
        does="cuts, with Last-Modified alone",
        script=[cut(AUDIO, "Last-Modified: Sat, 31 Jan 2026 12:00:00 GMT"), honest], requests=2,
    ),
    Case(
        name="Two ETags do not bind two halves",
        does="cuts, with two ETags",
        script=[cut(AUDIO, f"ETag: {OTHER_ETAG}", f"ETag: {ETAG}"), honest], requests=2,
    ),
    Case(
        name="An ETag that cannot be sent back is none",
        does="cuts, with an ETag beyond ASCII",
        script=[cut(AUDIO, 'ETag: "h\xe9"'), honest], requests=2,
    ),
    Case(
        name="A host that sends the wrong rest of every half is given up",
        does="cuts every whole file, and starts every rest elsewhere",
        script=[cut(), rest(f"bytes 0-{SIZE - 1}/{SIZE}", body=SOURCE)] * 3 + [cut()],
        ends=RETRY, requests=GIVEN_UP + 1, told=_CUT_SHORT, kept=HALF,
    ),
    Case(
        name="A lie that keeps ETag, length and range is believed: only listening would tell",
        does="sends the rest of another file as that of this one",
        script=[rest(TRUE_RANGE, body=CHANGED[HALF:])], held=HALF, is_resumed=True,
        content=SOURCE[:HALF] + CHANGED[HALF:],
    ),
]  # fmt: skip

CONTENTS = [
    _refused("A login page is no recording", "answers 200 with HTML", page(200),
             "the host sent html"),
    _refused("An error in XML is no recording", "answers 200 with an S3 error",
             refusal(200, "InternalError"), "the host sent xml"),
    _refused("An error in JSON is no recording", "answers 200 with JSON",
             told(200, "Content-Type: application/json; charset=utf-8", body=b'{"code": "bad"}'),
             "the host sent json"),
    _refused("Packed bytes are refused: what they unpack to has no bounds", "packs with gzip",
             whole(*TAGGED, "Content-Encoding: gzip"), "the host sent encoded bytes"),
    Case(
        name="A type is not needed", does="announces no Content-Type",
        script=[whole(f"ETag: {ETAG}")],
    ),
    Case(
        name="A vague type will do", does="announces binary/octet-stream",
        script=[whole("Content-Type: binary/octet-stream")],
    ),
    *(
        Case(
            name=f"{what} announced as audio goes to quarantine",
            does=f"sends {what.lower()} as audio/wav", script=[whole(AUDIO, body=body)],
            ends=QUARANTINED, content=body, told=why,
        )
        for what, body, why in (
            ("A page", b"<html>Please log in</html>", "the bytes are a page of HTML"),
            ("A program", b"MZ\x90\x00" + bytes(100), "the bytes are no known audio container"),
            ("A zip", b"PK\x03\x04" + bytes(100), "the file ends before the directory of the ZIP"),
            ("A cut WAV", SOURCE[:HALF], f"the RIFF header announces {SIZE} bytes"),
        )
    ),
]  # fmt: skip

STATUSES = [
    *(
        _refused(f"A redirect to {where} is not followed", f"answers {status} to {target}",
                 told(status, f"Location: {target}"), f"unexpected HTTP status {status}")
        for where, status, target in (
            ("plain http", 302, "http://media.example/recording"),
            ("a file", 301, "file:///etc/passwd"),
            ("the metadata service of a cloud", 307, "http://169.254.169.254/latest/meta-data/"),
            ("itself", 308, "/recording"),
        )
    ),
    *(
        _refused(name, f"answers {status}", told(status, *TAGGED, body=body), reason)
        for name, status, body, reason in (
            ("A file that was not changed is no file", 304, b"", "unexpected HTTP status 304"),
            ("Success without a body is no recording", 204, b"", "unexpected HTTP status 204"),
            ("What a proxy changed is not taken", 203, SOURCE,
             "unexpected HTTP status 203: a proxy changes"),
            ("A proxy that wants a login is named", 407, b"",
             "unexpected HTTP status 407: a proxy wants a login"),
            ("What may not be had is not asked for again and again", 451, b"",
             "unexpected HTTP status 451: the host may not"),
            ("What a host cannot do is not asked for again and again", 501, b"",
             "unexpected HTTP status 501"),
        )
    ),
    *(
        Case(
            name=name, does=f"answers {status} with {code}", script=[refusal(status, code)],
            ends=EXPIRED, told="the signed URL has expired",
        )
        for name, status, code in (
            ("A link that expired is replaced", 403, "AccessDenied: Request has expired"),
            ("A signature that does not match is replaced", 403, "SignatureDoesNotMatch"),
            ("A clock that is wrong is the platform's to set", 403, "RequestTimeTooSkewed"),
            ("A signature that cannot be read is replaced", 400, "InvalidArgument"),
            ("A link that wants a login is replaced", 401, "Unauthorized"),
        )
    ),
    Case(
        name="A link that expires on the way leaves its part to the next link",
        does="cuts, then answers 403", script=[cut(), refusal(403, "AccessDenied")],
        ends=EXPIRED, requests=2, told="the signed URL has expired", kept=HALF,
    ),
    Case(
        name="The body of a refusal is not read to its end",
        does="answers 403 with a body of 5 GB",
        script=[Turn(answer(403, "Content-Length: 5000000000", body=bytes(1_000_000)),
                     Then.SILENCE)],
        ends=EXPIRED, told="the signed URL has expired",
    ),
    *(
        Case(
            name=name, does=f"answers {status}", script=[refusal(status, "NoSuchKey")],
            ends=MISSING, told="GET media: not found",
        )
        for name, status in (("What is not there is missing", 404),
                             ("What is gone is missing", 410))
    ),
    _refused("A proxy's page does not declare a recording missing", "answers 404 with HTML",
             page(404), "HTTP 404 with an HTML page"),
    *(
        Case(
            name=name, does=does, script=[turn, honest], requests=2,
        )
        for name, does, turn in (
            ("A host that is asked too often is asked later", "answers 429 once",
             refusal(429, "SlowDown", "Retry-After: 1")),
            ("A host that is overloaded is asked later", "answers 503 once, with SlowDown",
             refusal(503, "SlowDown")),
            ("A host that wants a year is asked after two minutes", "answers 503, retry in a year",
             refusal(503, "SlowDown", "Retry-After: 31536000")),
            ("A content network's own error passes", "answers 520 once", page(520)),
        )
    ),
    _broken("A host that stays overloaded is given up", "answers 503 to everything",
            refusal(503, "SlowDown"), BROKEN_OFF + "the media host answered HTTP 503"),
]  # fmt: skip

SECTIONS: Mapping[str, Sequence[Case]] = {
    "Connections": CONNECTIONS,
    "Lengths": LENGTHS,
    "Framing": FRAMING,
    "Continued downloads": CONTINUED,
    "Contents": CONTENTS,
    "Statuses": STATUSES,
}
CASES = {case.name: case for cases in SECTIONS.values() for case in cases}
