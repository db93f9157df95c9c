"""What a newcomer sees when the demo stands: where things are, what to try first, and with what to sign in.

Laws: nothing here asks for anything, and every line can be copied: no table breaks a password in two. A code of the
authenticator is good for half a minute and one sign-in, so that new ones come at a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyotp

from server.actions.sign_in import GivenSignIn
from server.domain.people.roles import Role

ROLE_WORDS = {
    Role.CITY_SUPERVISOR: "市级监督员 city supervisor",
    Role.COUNTY_SUPERVISOR: "县级监督员 county supervisor",
    Role.DESK_CLERK: "综合窗口 desk clerk",
    Role.CATALOGUE_REVIEWER: "目录审核员 catalogue reviewer",
    Role.AUDITOR: "审计员 auditor",
    Role.ADMINISTRATOR: "管理员 administrator",
    Role.HELPER: "帮办员 helper",
    Role.TOWN_LEAD: "乡镇负责人 town lead",
    Role.CLAIM_WORKER: "认领填报员 claim worker",
}


@dataclass(frozen=True)
class Guest:
    """Somebody with a phone: who it is, and the code that enrols one."""

    role: Role
    name: str
    login: str
    code: str


@dataclass(frozen=True)
class Screen:
    """`staff` in the order of ROLE_WORDS; `receipt` and `last4` open one resident's case."""

    address: str
    staff: Sequence[tuple[Role, GivenSignIn]]
    guests: Sequence[Guest]
    receipt: str
    last4: str

    def lines(self, at_s: float) -> list[str]:
        """The whole of it, with the codes of this moment."""
        by_role = dict(self.staff)
        city, clerk = by_role[Role.CITY_SUPERVISOR], by_role[Role.DESK_CLERK]
        phone = self.guests[0]
        return [
            "",
            f"中心已启动 · the centre is up   {self.address}",
            "",
            "先看什么 · what to try first",
            f"  1  看一座城 a city at a glance        {self.address}/console/",
            f"     {_sign_in(city, at_s)}",
            "     地图上点一个镇，再点一个数字 · click a town on the map, then a number",
            "  2  在窗口办一件 a case at a desk       （同一地址，换一个窗口 the same address, in a private window）",
            f"     {_sign_in(clerk, at_s)}",
            "     办件 → 最上面一件 → 预审通过、受理 · Cases → the first one → pre-check, accept",
            f"  3  居民查自己的事 a resident asks       {self.address}/r/",
            f"     编号 number {self.receipt}   后四位 last four {self.last4}   办到哪一步 · how far it is",
            f"  4  村里的手机 a phone in a village      {self.address}/app/",
            f"     激活码 code {phone.code}   {phone.name}（{ROLE_WORDS[phone.role]}）",
            "     登记以后断网办一件，再连上 · enrol, switch the network off, file a case, switch it on",
            "",
            "其他人 · everybody else",
            *(f"  {ROLE_WORDS[role]:<24}  {_sign_in(given, at_s)}" for role, given in self.staff[1:] if given != clerk),
            *(f"  {ROLE_WORDS[one.role]:<24}  {one.login}  激活码 code {one.code}" for one in self.guests[1:]),
            "",
            f"接口 API  {self.address}/v1/docs   健康 health  {self.address}/v1/health",
            f"在本机试用 try here  bangban device enrol --server {self.address} --code {phone.code}",
        ]

    def codes(self, at_s: float) -> list[str]:
        """The codes alone, for who signs in later."""
        return [f"  {given.login:<24}  验证码 code {_code(given, at_s)}" for _, given in self.staff]


def _sign_in(given: GivenSignIn, at_s: float) -> str:
    return f"账号 login {given.login}   密码 password {given.password}   验证码 code {_code(given, at_s)}"


def _code(given: GivenSignIn, at_s: float) -> str:
    return pyotp.TOTP(given.secret).at(int(at_s))


KEYS = (
    "验证码半分钟一换，一个只能用一次：按回车显示新的。Ctrl-C 结束。",
    "Codes change every half minute, and one is good for one sign-in: Enter shows new ones. Ctrl-C ends it.",
)
