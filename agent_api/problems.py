"""Every way in which this API says no: RFC 9457 documents from one table.

Laws: a code is stable and never reused; each says in Chinese and in English what is wrong and what to do next; a
document holds nothing of the request, so that what is foreign and what is absent are the same bytes.
docs/problems.md is written from this table and a test holds it there.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from agent_api.uploads import UPLOAD_PROBLEMS

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True):
    """A problem document. `type` is the code's paragraph in the readable page."""

    type: str
    title: str
    status: int
    code: str
    next: str
    title_zh: str
    next_zh: str


# code: (status, Chinese, English, what to do next in Chinese, in English)
PROBLEMS: Mapping[str, tuple[int, str, str, str, str]] = {
    # who is asking
    "token_missing": (
        *(401, "没有登录凭证", "there is no access token"),
        *("请登录后再试", "send Authorization: Bearer with an access token"),
    ),
    "token_invalid": (
        *(401, "登录凭证无效", "the access token is not valid"),
        *("应用会自动换取新凭证；仍不行请重新激活", "refresh it; if that fails, enrol again"),
    ),
    "token_expired": (
        *(401, "登录凭证已过期", "the access token has expired"),
        *("应用会自动换取新凭证", "refresh it and repeat the request"),
    ),
    "session_ended": (
        *(401, "登录已结束，未上传的内容仍在本机", "the session has ended; what was not sent is still on the device"),
        *("请向管理员要新的激活码，在本机重新激活", "ask for a new activation code and enrol this device again"),
    ),
    "device_revoked": (
        *(401, "这台设备已停用", "this device was revoked"),
        *("上传未传内容后清空本机", "hand over what is unsent by an exchange, then wipe"),
    ),
    "account_closed": (
        *(401, "账号已停用", "the account is closed"),
        *("请联系管理员", "ask an administrator"),
    ),
    "not_allowed": (
        *(403, "您的岗位不能这样做", "this is not for your role"),
        *("请联系管理员", "ask an administrator if your role is wrong"),
    ),
    "reason_missing": (
        *(422, "查看此信息须写明事由", "the law wants a reason for looking at this"),
        *(
            "请写明查询事由后再打开：请求头Bangban-Reason（UTF-8百分号编码，2至200字），办理时写在reason字段",
            "say why you look, in 2 to 200 signs: header Bangban-Reason (percent-encoded UTF-8); with a step, its"
            " field `reason`",
        ),
    ),
    "credential_invalid": (
        *(401, "激活码或凭证不对", "the code, token or proof does not fit"),
        *("请核对激活码后再试", "check the code; take a new challenge and try again"),
    ),
    "code_spent": (
        *(401, "激活码已使用或已过期", "the activation code was used or is out of time"),
        *("请向管理员要新的激活码", "ask for a new activation code"),
    ),
    "device_of_another": (
        *(409, "这台设备的密钥属于另一个账号", "this device's key is enrolled for another account"),
        *("请为此账号新建一份本机数据", "make a new key and a store of its own for this account"),
    ),
    # what was sent
    "malformed": (
        *(400, "请求无法读取，没有任何改变", "the request cannot be read; it changed nothing"),
        *("请更新应用；内容仍在本机", "update the app; what was to be sent is still on the device"),
    ),
    "too_large": (
        *(413, "请求太大", "the request is too large"),
        *("分成几次发送", "send less at a time"),
    ),
    "encoding_unknown": (
        *(415, "不支持这种压缩", "this content encoding is not spoken here"),
        *("请用gzip或不压缩", "use gzip or none"),
    ),
    "media_type_unknown": (
        *(415, "不支持这种内容类型", "this content type is not taken here"),
        *("请更新应用", "send the content type that the API's description names"),
    ),
    "not_authentic": (
        *(403, "签名不符，没有任何改变", "the signature does not fit; nothing was changed"),
        *("请重试；仍不行请重新激活本机", "sign with the device's enrolled key"),
    ),
    "upgrade_required": (
        *(426, "应用版本太旧", "this protocol version is not spoken any more"),
        *("请更新应用；内容仍在本机", "update the app; what was to be sent is still on the device"),
    ),
    "not_found": (
        *(404, "没有找到", "not found"),
        *("请核对后再试", "check the number or address"),
    ),
    "wrong_method": (
        *(405, "不支持这种操作", "this method is not for this address"),
        *("请更新应用", "use one of the methods in the Allow header"),
    ),
    # at a desk
    "step_refused": (
        *(409, "这一步没有执行，记录未改变", "the step was not taken; the record is as it was"),
        *("请看所列原因，按当前内容重做", "read the reasons in `detail` and try again from the record as it stands"),
    ),
    "factor_wrong": (
        *(403, "验证码不对，没有任何改变", "the authenticator's code does not fit; nothing was changed"),
        *("请输入验证器现在显示的六位数字", "send the six digits that your authenticator shows now; each works once"),
    ),
    "login_taken": (
        *(409, "登录名已有人使用", "somebody has this login"),
        *("请换一个登录名", "choose another login"),
    ),
    "account_unfit": (
        *(422, "账号信息有误，没有保存", "the account is not one that can be; nothing was saved"),
        *("请按所列原因修改", "read `faults`, mend them and send it again"),
    ),
    "bulletin_frozen": (
        *(409, "这一期通报已定稿，没有改变", "this period's bulletin is frozen; it stands as it was"),
        *("有误请更正，另出一版", "correct it, which drafts the next edition"),
    ),
    "bulletin_unfrozen": (
        *(
            409,
            "这一期通报还是草稿，没有可更正的",
            "this period's bulletin is a draft; nothing frozen is there to correct",
        ),
        *("请重新编制草稿", "build the draft anew"),
    ),
    "bulletin_unfinished": (
        *(409, "这一期还没有结束，没有定稿", "this period is not over; nothing was frozen"),
        *("请在期末之后再定稿", "freeze it after its last day"),
    ),
    "bulletin_moved": (
        *(409, "通报已不是所看的那一版，没有定稿", "the bulletin is not the one that was seen; nothing was frozen"),
        *("请看最新内容再定稿", "read it again, then name its edition, build and data_hash"),
    ),
    "licence_absent": (
        *(404, "没有可用的电子证照", "there is no licence that could be used"),
        *("请本人出示原件，或由窗口核验后再用", "ask for the paper, or verify a photo against the original first"),
    ),
    "register_unavailable": (
        *(503, "证照库暂时查不到", "the register of licences does not answer"),
        *("可先收原件办理，稍后再查", "go on with the paper, or try again later"),
    ),
    # how much, how fast
    "too_many_requests": (
        *(429, "请求太多", "too many requests"),
        *("请稍候，应用会自动重试", "wait as long as Retry-After says"),
    ),
    "too_slow": (
        *(408, "网络太慢，请求没有收完", "the request stopped coming"),
        *("应用会自动重试", "try again, with less at a time"),
    ),
    "centre_busy": (
        *(503, "现在设备太多，内容仍在本机", "more devices came at once than can be served; nothing is lost"),
        *("应用会按时自动重试", "try again as Retry-After says: each device is told a time of its own"),
    ),
    # the centre's own trouble
    "storage_full": (
        *(
            507,
            "中心存储空间已满，内容仍在本机",
            "the centre's disk is full; what was to be sent is still on the device",
        ),
        *("应用会自动重试", "try again later; the operator sees it"),
    ),
    "storage_unavailable": (
        *(503, "中心暂时不可用，内容仍在本机", "the centre cannot write just now; nothing is lost"),
        *("应用会自动重试", "try again as Retry-After says"),
    ),
    "centre_superseded": (
        *(
            503,
            "这里是旧的中心，已由恢复后的中心接替；内容仍在本机",
            "this is the older of two centres: a restored one goes on; nothing is lost",
        ),
        *("应用会自动重试；请管理员停用旧的中心", "try again as Retry-After says; the operator ends the old centre"),
    ),
    "internal": (
        *(500, "中心出错，内容仍在本机", "the centre failed; what was to be sent is still on the device"),
        *("应用会自动重试；请把请求号告诉管理员", "try again; give the operator the request id"),
    ),
}

ALL_PROBLEMS: Mapping[str, tuple[int, str, str, str, str]] = {**UPLOAD_PROBLEMS, **PROBLEMS}

_encoder = msgspec.json.Encoder()


def problem(code: str) -> Problem:
    status, zh, en, next_zh, next_en = ALL_PROBLEMS[code]
    return Problem(f"/v1/docs#{code}", en, status, code, next_en, zh, next_zh)


_DOCUMENTS = {code: _encoder.encode(problem(code)) for code in ALL_PROBLEMS}


def problem_response(
    code: str, *, retry_after: int | None = None, allow: str = "", more: Mapping[str, object] | None = None
) -> Response:
    """The answer for a code; the same bytes every time, but for `more`: members that only this code's answers have."""
    status = ALL_PROBLEMS[code][0]
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        error = ' error="invalid_token"' if code != "token_missing" else ""
        headers["WWW-Authenticate"] = f'Bearer realm="bangban"{error}'
    if retry_after is None and status in (429, 503):
        retry_after = 5
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if allow:
        headers["Allow"] = allow
    document = _DOCUMENTS[code] if more is None else _encoder.encode({**msgspec.to_builtins(problem(code)), **more})
    return Response(document, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def problems_page() -> str:
    """docs/problems.md."""
    lines = [
        "# Problems",
        "",
        "Every refusal of the helpers' API is an RFC 9457 document (`application/problem+json`) with these members:",
        "`type`, `title`, `status`, `code`, `next`, `title_zh`, `next_zh`. Codes are stable. This page is written from",
        "the table in `agent_api/problems.py` by `python -m agent_api.problems`; a test holds the two together.",
        "",
        "| code | status | meaning | what to do next | 含义 | 下一步 |",
        "|---|---|---|---|---|---|",
    ]
    for code in sorted(ALL_PROBLEMS):
        status, zh, en, next_zh, next_en = ALL_PROBLEMS[code]
        lines.append(f"| `{code}` | {status} | {en} | {next_en} | {zh} | {next_zh} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(problems_page(), end="")
