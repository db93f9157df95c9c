"""Owns every way in which a device command ends without doing what was asked: exit code, words, and what to do next.

Law: a code is stable. Whatever ended a command, what was captured before is kept, and the words say so where a person
could doubt it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from sync.device.errors import DeviceError


class ExitCode(IntEnum):
    """What a program can tell from how a command ended. docs/device.md lists them."""

    DONE = 0
    FAULT = 1  # interrupted, or a fault of this program
    USAGE = 2
    NOT_FOUND = 3
    NOT_LAWFUL = 4  # the record would break a rule; nothing was kept
    LOCKED = 5
    IN_USE = 6
    NOT_ENROLLED = 7
    NO_CONTACT = 8  # the centre did not answer; everything unsent is kept
    CONTACT_NEEDED = 9
    NOT_SAVED = 10
    TURNED_AWAY = 11  # the centre answered no
    UNREADABLE = 12


class Words(NamedTuple):
    """How a stop is told: what is wrong and what to do next, in both languages."""

    exit_code: ExitCode
    zh: str
    en: str
    next_zh: str
    next_en: str


class Stopped(Exception):
    """The command ends here. `code` is a row of STOPS; `details` fill in its words."""

    def __init__(self, code: str, **details: object) -> None:
        assert code in STOPS, f"{code} has no words"
        super().__init__(code)
        self.code = code
        self.details = details


class TurnedAway(Stopped):
    """The centre's own problem document, passed on as it is."""

    def __init__(self, problem: str, zh: str, en: str, next_zh: str, next_en: str) -> None:
        super().__init__("turned_away", problem=problem, zh=zh, en=en, next_zh=next_zh, next_en=next_en)


class NotLawful(Stopped):
    """What the rules say, problem by problem: (code, field, zh, en)."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        zh, en = ("；".join(one["zh"] for one in problems), "; ".join(one["en"] for one in problems))
        super().__init__("not_lawful", zh=zh, en=en)
        self.problems = problems


_ASK_ADMIN = ("请向管理员要新的激活码，在本机重新运行 enrol", "ask for a new activation code and run enrol again here")

STOPS: dict[str, Words] = {
    "nothing_found": Words(
        ExitCode.NOT_FOUND,
        "没有找到“{what}”",
        "“{what}” was not found",
        "换个说法再查，或先同步",
        "search by other words, or sync first",
    ),
    "several_found": Words(
        ExitCode.NOT_FOUND,
        "“{what}”对应{count}条",
        "“{what}” stands for {count} records",
        "请写明编号：{records}",
        "name one by its id: {records}",
    ),
    "not_lawful": Words(
        ExitCode.NOT_LAWFUL,
        "不符合规定，没有保存：{zh}",
        "against the rules, nothing was kept: {en}",
        "更正后再办",
        "put it right and try again",
    ),
    "answer_wrong": Words(
        ExitCode.NOT_LAWFUL,
        "“{what}”的内容不对：{why}",
        "“{what}” cannot be: {why}",
        "更正后再办",
        "put it right and try again",
    ),
    "state_step": Words(
        ExitCode.NOT_LAWFUL,
        "现在的状态是“{state}”，不能这样做",
        "its state is “{state}”; not possible now",
        "请联系窗口",
        "ask the desk that holds it",
    ),
    "file_unusable": Words(
        ExitCode.NOT_LAWFUL,
        "文件不能用：{zh}",
        "the file cannot be used: {en}",
        "请用 JPEG、PNG、WebP 照片或 PDF",
        "use a JPEG, PNG or WebP photo, or a PDF",
    ),
    "replica_locked": Words(
        ExitCode.LOCKED,
        "密码不对",
        "the PIN is wrong",
        "请再试一次；连续输错会越等越久",
        "try again; each further wrong PIN waits longer",
    ),
    "pin_wait": Words(
        ExitCode.LOCKED,
        "输错次数太多，请等{seconds}秒",
        "too many wrong PINs: wait {seconds} seconds",
        "到时再试",
        "then try again",
    ),
    "pin_short": Words(
        ExitCode.LOCKED,
        "密码至少{least}位",
        "a PIN has at least {least} characters",
        "请换一个更长的密码",
        "choose a longer PIN",
    ),
    "replica_in_use": Words(
        ExitCode.IN_USE,
        "另一个窗口正在使用这份数据",
        "another program is using this store",
        "等它做完或关闭它，再试一次",
        "wait for it or close it, then try again",
    ),
    "not_enrolled": Words(
        ExitCode.NOT_ENROLLED,
        "这里还没有激活：{folder}",
        "no device is enrolled here: {folder}",
        "运行 bangban device enrol",
        "run bangban device enrol",
    ),
    "no_contact": Words(
        ExitCode.NO_CONTACT,
        "没有连上中心，内容都在本机：未发{changes}条，未传照片{files}张",
        "no contact; all is kept here: {changes} changes and {files} photos unsent",
        "有网络时再运行 sync；或用 export 交人带去",
        "sync when there is a network, or export it for someone to carry",
    ),
    "never_synced": Words(
        ExitCode.CONTACT_NEEDED,
        "本机还没有同步过，没有事项清单",
        "never synced: no list of services yet",
        "有网络时先运行 sync 一次",
        "run sync once where there is a network",
    ),
    "contact_needed": Words(
        ExitCode.CONTACT_NEEDED,
        "已{days}天没有联系中心，先联系再查看已存资料",
        "no contact for {days} days: contact the centre before stored data is shown",
        "运行 sync；新的上门办件照常可以用 file 登记",
        "run sync; new visits can still be captured with file",
    ),
    "clock_wrong": Words(
        ExitCode.CONTACT_NEEDED,
        "本机时钟比上次联系还早，请校准",
        "this clock is before the last contact: set it",
        "校准时钟后运行 sync；新的上门办件照常可以登记",
        "set the clock, then sync; new visits can still be captured",
    ),
    "not_saved": Words(
        ExitCode.NOT_SAVED,
        "磁盘写不进去，这次没有保存",
        "the disk would not take it: this was not kept",
        "腾出磁盘空间，再做一次",
        "free some space and do it again",
    ),
    "turned_away": Words(
        ExitCode.TURNED_AWAY, "中心没有接受：{zh}", "the centre said no: {en}", "{next_zh}", "{next_en}"
    ),
    "session_ended": Words(
        ExitCode.TURNED_AWAY,
        "登录已失效，未发的{changes}条仍在本机",
        "the session ended; {changes} unsent changes are kept",
        *_ASK_ADMIN,
    ),
    "upgrade_needed": Words(
        ExitCode.TURNED_AWAY,
        "程序太旧，未发的{changes}条仍在本机",
        "this version is too old; {changes} changes are kept",
        "请更新程序；急用可 export",
        "update this program; export if it is urgent",
    ),
    "wiped": Words(
        ExitCode.TURNED_AWAY,
        "这台设备已被停用，未发内容已交到中心，本机数据已清除",
        "this device was revoked; what was unsent is at the centre and the store is wiped",
        "请联系管理员",
        "ask an administrator",
    ),
    "replica_too_new": Words(
        ExitCode.UNREADABLE,
        "数据由更新的版本写成",
        "a newer version wrote this store",
        "请更新程序",
        "update this program",
    ),
    "replica_unreadable": Words(
        ExitCode.UNREADABLE,
        "数据读不出来",
        "the store cannot be read",
        "不要删除任何文件，请联系管理员",
        "delete nothing and ask an administrator",
    ),
    "device_error": Words(
        ExitCode.UNREADABLE, "本机数据出错", "the store failed", "请联系管理员", "ask an administrator"
    ),
    "no_campaign": Words(
        ExitCode.NOT_FOUND,
        "现在没有进行中的批次",
        "no campaign is open",
        "先同步，或等下一批次",
        "sync, or wait for the next",
    ),
    "already_done": Words(
        ExitCode.NOT_LAWFUL,
        "已经办过了",
        "this was done before",
        "无需操作",
        "nothing needs to be done",
    ),
    "nothing_asked": Words(
        ExitCode.NOT_LAWFUL,
        "这条通知不需要答复",
        "this notice asks for no answer",
        "用 answer 列出需要说明的通知",
        "list those that ask with answer",
    ),
    "conflict_decided": Words(
        ExitCode.NOT_LAWFUL,
        "这个冲突已经决定",
        "this conflict is decided already",
        "无需操作",
        "nothing needs to be done",
    ),
    "choice_missing": Words(
        ExitCode.USAGE,
        "还没有写明：{what}",
        "not said yet: {what}",
        "逐项写明，或不加 --json 由程序来问",
        "say each one, or leave --json out and be asked",
    ),
}


def stopped_by(error: DeviceError) -> Stopped:
    """The same words for what storage says."""
    return Stopped(error.code if error.code in STOPS else "device_error")
