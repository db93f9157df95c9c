"""Every route of the helpers' API on one screen: who may call it, how often, how much, and how it says no.

Laws: a request reaches a handler only through its row (agent_api/gate.py), so a route without a row does not exist;
the authorization matrix, the OpenAPI document and the readable page are made from these rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from agent_api import docs_page, enrolment, health, openapi, receipts, residents
from agent_api.caller import Caller, Who
from agent_api.desk import (
    accounts,
    audit,
    bulletin_steps,
    bulletins,
    campaigns,
    cases,
    catalogue,
    disputes,
    followup,
    steps,
    watching,
)
from agent_api.uploads import UPLOAD_PROBLEMS
from agent_api.wiring import Services
from server.domain.people.roles import Role, may_change, may_read
from server.storage.outbound import outbound_standing
from sync.core.codec import REQUEST_BYTES_MAX
from sync.core.messages import Answer
from sync.core.messages import Request as ExchangeRequest

LINES = "application/x-bangban-lines"
ALL_ROLES = frozenset(Role)
# Auditors change nothing, and those who run the system handle no cases: neither has photos to send.
SENDERS = ALL_ROLES - {Role.AUDITOR, Role.ADMINISTRATOR}
# Whoever sits at a desk; what they may do there is told by the step's name (server/domain/people/roles.py).
DESKS = ALL_ROLES - {Role.HELPER, Role.CLAIM_WORKER}
# A unit's lists are checked by the unit itself, at a desk as all reviewing is.
CLAIMING = DESKS | {Role.CLAIM_WORKER}
# As the console's pages have it (server/console/pages/__init__.py).
CITY = frozenset({Role.CITY_SUPERVISOR})
OBJECTORS = frozenset(role for role in DESKS if may_read(role, "bulletin") and may_change(role, "task.open"))
AREA = frozenset({Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})
WRITERS = frozenset(role for role in AREA if may_change(role, "notice.send"))
REVIEWERS = frozenset({Role.CATALOGUE_REVIEWER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
AUDITORS = frozenset({Role.AUDITOR})
PEOPLE = AREA | ADMINISTRATORS
_KB = 1024

Handle = Callable[[Request, Caller | None], Awaitable[Response]]
Bind = Callable[[Services], Handle]


@dataclass(frozen=True)
class Row:
    """`limit` counts by device for Who.DEVICE and Who.DEPOSITOR, by address otherwise. `body_max` in bytes; None:
    the handler reads the stream itself. `takes`, `gives`: a message type, or a media type for what is not JSON.
    `also`: other statuses that mean success. `queued`: admitted by what it will cost (agent_api/admission.py).
    """

    method: str
    path: str
    who: Who
    bind: Bind
    summary: str
    limit: str
    body_max: int | None = 0
    roles: frozenset[Role] = ALL_ROLES
    takes: Any = None
    gives: Any = None
    media: str = "application/json"
    problems: tuple[str, ...] = ()
    lean: bool = False
    status: int = 200
    also: tuple[int, ...] = ()
    queued: bool = False


def _by_services(handler: Callable[[Request, Services], Awaitable[Response]]) -> Bind:
    """A handler for anyone."""
    return lambda services: lambda request, _caller: handler(request, services)


def _by_caller(pick: Callable[[Services], Callable[[Request, Caller], Awaitable[Response]]]) -> Bind:
    """A handler that needs to know who asks."""

    def bind(services: Services) -> Handle:
        handler = pick(services)

        async def handle(request: Request, caller: Caller | None) -> Response:
            assert caller is not None, "the gate lets nobody without a caller through to this row"
            return await handler(request, caller)

        return handle

    return bind


def _by_services_and_caller(handler: Callable[[Request, Caller, Services], Awaitable[Response]]) -> Bind:
    return _by_caller(lambda services: lambda request, caller: handler(request, caller, services))


def _list(
    path: str,
    handler: Callable[[Request, Caller, Services], Awaitable[Response]],
    summary: str,
    gives: Any,
    *,
    roles: frozenset[Role] = DESKS,
    limit: str = "600/minute",
    problems: tuple[str, ...] = (),
) -> Row:
    """What a desk asks for and changes nothing by."""
    bind = _by_services_and_caller(handler)
    return Row("GET", path, Who.DEVICE, bind, summary, limit, roles=roles, gives=gives, problems=problems)


def _step(
    path: str,
    handler: Callable[[Request, Caller, Services], Awaitable[Response]],
    summary: str,
    gives: Any,
    *,
    roles: frozenset[Role],
    takes: Any = None,
    body_max: int = 0,
    problems: tuple[str, ...] = (),
) -> Row:
    """What a desk does with many records at once, which no step of one record says."""
    bind, codes = _by_services_and_caller(handler), (*_ASKED, *problems, *_STORE)
    return Row("POST", path, Who.DEVICE, bind, summary, "60/minute", body_max, roles, takes, gives, problems=codes)


def _upload(pick: Callable[[Services], Callable[[Request], Awaitable[Response]]]) -> Bind:
    return lambda services: lambda request, _caller: pick(services)(request)


async def _metrics(_request: Request, services: Services) -> Response:
    services.metrics.show_outbound(await outbound_standing(services.database), services.clock.wall_ms())
    return services.metrics.response()


async def _openapi(_request: Request, _services: Services) -> Response:
    return openapi.response(ROWS)


async def _docs(_request: Request, _services: Services) -> Response:
    return docs_page.response(ROWS)


def _ticket(services: Services) -> Callable[[Request, Caller], Awaitable[Response]]:
    return lambda request, caller: enrolment.give_live_ticket(request, services, caller.device, caller.session)


_EXCHANGE = ("malformed", "not_authentic", "upgrade_required")
_STORE = ("storage_full", "storage_unavailable")
_BUSY = (*_STORE, "centre_busy")
_ASKED = ("malformed", "not_found")
_COLLECTION = _upload(lambda services: services.uploads.collection)
_UPLOAD = _upload(lambda services: services.uploads.upload)
_ONE = "/v1/uploads/{id}"
_TUS = (*UPLOAD_PROBLEMS, "storage_full")
_TUS_ONE = (*_TUS, "not_found")

# fmt: off
ROWS: tuple[Row, ...] = (
    Row("POST", "/v1/enrol/challenge", Who.ANYONE, _by_services(enrolment.give_challenge), "A nonce for enrolling",
        "6000/minute", 4 * _KB, gives=enrolment.Challenge),
    Row("POST", "/v1/enrol", Who.ANYONE, _by_services(enrolment.enrol), "Enrol this device with an activation code",
        "6000/minute", 4 * _KB, takes=enrolment.EnrolRequest, gives=enrolment.Enrolled,
        problems=("malformed", "credential_invalid", "code_spent", "account_closed", "device_of_another",
                  "device_revoked", *_STORE)),
    Row("POST", "/v1/token/refresh", Who.ANYONE, _by_services(enrolment.refresh), "Trade the refresh token",
        "6000/minute", 4 * _KB, takes=enrolment.RefreshRequest, gives=enrolment.Refreshed,
        problems=("malformed", "credential_invalid", "session_ended", *_STORE)),
    Row("POST", "/v1/exchange", Who.DEPOSITOR, _by_caller(lambda services: services.exchange),
        "Changes up; outcomes and records down", "600/minute", REQUEST_BYTES_MAX,
        takes=ExchangeRequest, gives=Answer, media=LINES, problems=(*_EXCHANGE, *_BUSY), lean=True, queued=True),
    Row("POST", "/v1/relay", Who.DEVICE, _by_caller(lambda services: services.relay),
        "Hand in another device's sealed outbox", "60/minute", REQUEST_BYTES_MAX,
        takes="application/octet-stream", gives=Answer, media=LINES, problems=(*_EXCHANGE, *_BUSY), queued=True),
    Row("POST", "/v1/live/ticket", Who.DEVICE, _by_caller(_ticket), "A ticket for one live socket",
        "60/minute", 4 * _KB, gives=enrolment.LiveTicket, problems=_STORE),
    Row("OPTIONS", "/v1/uploads", Who.ANYONE, _COLLECTION, "What tus this server speaks", "600/minute", status=204),
    Row("OPTIONS", _ONE, Who.ANYONE, _UPLOAD, "What tus this server speaks", "600/minute", status=204),
    Row("POST", "/v1/uploads", Who.DEVICE, _COLLECTION, "Announce a file", "1200/minute", None, SENDERS,
        takes="application/offset+octet-stream", problems=_TUS, status=201, also=(200,)),
    Row("HEAD", _ONE, Who.DEVICE, _UPLOAD, "How far a file has come", "1200/minute", 0, SENDERS, problems=_TUS_ONE),
    Row("PATCH", _ONE, Who.DEVICE, _UPLOAD, "Send the next piece", "1200/minute", None, SENDERS,
        takes="application/offset+octet-stream", problems=_TUS_ONE, status=204),
    Row("POST", _ONE, Who.DEVICE, _UPLOAD, "The same, with X-HTTP-Method-Override", "1200/minute", None, SENDERS,
        takes="application/offset+octet-stream", problems=(*_TUS_ONE, "wrong_method"), status=204, also=(200,)),
    Row("DELETE", _ONE, Who.DEVICE, _UPLOAD, "Withdraw an unfinished file", "600/minute", 0, SENDERS,
        problems=_TUS_ONE, status=204),
    Row("POST", "/v1/desk/{kind}/{record}/{name}", Who.DEVICE, _by_services_and_caller(steps.post_step),
        "Take a step with a record", "600/minute", steps.BODY_MAX, CLAIMING, takes=steps.StepRequest,
        gives=steps.StepTaken, problems=("malformed", "not_found", "step_refused", *_STORE)),
    _list("/v1/desk/cases", cases.get_cases, "A desk's cases, most urgent first; or by number",
          cases.Cases, problems=_ASKED),
    _list("/v1/desk/case-counts", cases.get_case_counts, "How many cases a desk holds in which state",
          cases.CaseCounts, problems=("not_found",)),
    _list("/v1/desk/credit", cases.get_credit, "Broken promises that stand", cases.Credit, problems=("not_found",)),
    _list("/v1/desk/cases/{record}", cases.get_case, "One case whole; the look is logged",
          cases.CaseDocument, problems=("malformed", "not_found", "reason_missing", *_STORE)),
    _list("/v1/desk/tasks", followup.get_tasks, "Tasks by their last day", followup.Waiting, problems=_ASKED),
    _step("/v1/desk/accounts/search", accounts.post_search, "Accounts of the scope, by login", accounts.Accounts,
          roles=PEOPLE, takes=accounts.AccountsAsked, body_max=accounts.BODY_MAX),
    _list("/v1/desk/accounts/{account}", accounts.get_account, "An account and its devices", accounts.AccountTold,
          roles=PEOPLE, problems=("not_found",)),
    _step("/v1/desk/accounts", accounts.post_account, "A new account", accounts.AccountTold, roles=ADMINISTRATORS,
          takes=accounts.NewAccount, body_max=accounts.BODY_MAX,
          problems=("account_unfit", "login_taken", "factor_wrong")),
    _step("/v1/desk/accounts/{account}/move", accounts.post_scope, "Other places, units or another role",
          accounts.AccountTold, roles=ADMINISTRATORS, takes=accounts.AccountScope, body_max=accounts.BODY_MAX,
          problems=("account_unfit", "factor_wrong")),
    _step("/v1/desk/accounts/{account}/close", accounts.post_close, "End an account's sessions and grants",
          accounts.AccountTold, roles=ADMINISTRATORS),
    _step("/v1/desk/accounts/{account}/reopen", accounts.post_reopen, "The grants of before", accounts.AccountTold,
          roles=ADMINISTRATORS, takes=accounts.Factor, body_max=accounts.BODY_MAX, problems=("factor_wrong",)),
    _step("/v1/desk/accounts/{account}/activation", accounts.post_activation, "A one-time activation code",
          accounts.ActivationCode, roles=ADMINISTRATORS, takes=accounts.Factor, body_max=accounts.BODY_MAX,
          problems=("factor_wrong", "account_closed")),
    _step("/v1/desk/accounts/{account}/devices/{device}/lost", accounts.post_lost, "Refuse and wipe a lost device",
          accounts.DeviceLost, roles=ADMINISTRATORS, takes=accounts.LostReason, body_max=accounts.BODY_MAX),
    _list("/v1/desk/audit/looks", audit.get_looks, "Who looked, by account or record", audit.LogRows, roles=AUDITORS,
          problems=_ASKED),
    _list("/v1/desk/audit/changes", audit.get_changes, "Who changed a record", audit.LogRows, roles=AUDITORS,
          problems=_ASKED),
    _step("/v1/desk/audit/verify", audit.post_verify, "Check the whole audit trail", audit.TrailReport, roles=AUDITORS,
          takes=audit.TrailAsked, body_max=audit.BODY_MAX, problems=("factor_wrong", "reason_missing")),
    _list("/v1/desk/notices", watching.get_notices, "What one was told, the newest first", watching.Notices,
          problems=_ASKED),
    _list("/v1/desk/tickets", followup.get_tickets, "Tickets that wait for an answer",
          followup.Waiting, problems=_ASKED),
    _list("/v1/desk/call-backs", followup.get_call_backs, "Finished cases that nobody rated",
          followup.CallBacks, problems=_ASKED),
    _list("/v1/desk/bulletins", bulletins.get_bulletins, "Which bulletins there are", bulletins.Bulletins,
          problems=("not_found",)),
    _list("/v1/desk/bulletins/{period}", bulletins.get_bulletin, "A day's brief or a month's bulletin",
          bulletins.Bulletin, problems=_ASKED),
    _step("/v1/desk/bulletins/{period}", bulletin_steps.post_bulletin, "Draft a bulletin, anew until it is frozen",
          bulletins.Bulletin, roles=CITY, problems=("bulletin_frozen",)),
    _step("/v1/desk/bulletins/{period}/freeze", bulletin_steps.post_freeze, "Freeze the draft that was seen",
          bulletins.Bulletin, roles=CITY, takes=bulletin_steps.BulletinSeen, body_max=bulletin_steps.BODY_MAX,
          problems=("bulletin_frozen", "bulletin_moved", "bulletin_unfinished", "step_refused")),
    _step("/v1/desk/bulletins/{period}/correct", bulletin_steps.post_correction,
          "Draft the next edition of a frozen bulletin", bulletins.Bulletin, roles=CITY,
          takes=bulletin_steps.BulletinCorrection, body_max=bulletin_steps.BODY_MAX, problems=("bulletin_unfrozen",)),
    _step("/v1/desk/bulletins/{period}/objections", bulletin_steps.post_objection,
          "Object to a bulletin for an area in reach", steps.StepTaken, roles=OBJECTORS,
          takes=bulletin_steps.BulletinObjection, body_max=bulletin_steps.BODY_MAX, problems=("step_refused",)),
    _list("/v1/desk/campaigns", campaigns.get_campaigns, "The rounds of claiming", campaigns.Campaigns, roles=CLAIMING),
    _step("/v1/desk/campaigns/{id}/open", campaigns.post_opening, "Open a round: what it asks is counted and frozen",
          campaigns.RoundOpened, roles=REVIEWERS, takes=campaigns.RoundOpening, body_max=campaigns.OPENING_BODY_MAX,
          problems=("step_refused",)),
    _list("/v1/desk/campaigns/{id}/progress", campaigns.get_progress, "How far a round is, by area or unit",
          campaigns.CampaignProgress, roles=CLAIMING, problems=_ASKED),
    _list("/v1/desk/campaigns/{id}/claims", campaigns.get_claims, "A round's claims in one state",
          campaigns.Claims, roles=CLAIMING, problems=_ASKED),
    _list("/v1/desk/campaigns/{id}/look-backs", campaigns.get_look_backs, "A round's look-backs in one state",
          campaigns.LookBacks, roles=CLAIMING, problems=_ASKED),
    _step("/v1/desk/campaigns/{id}/look-backs", campaigns.post_look_backs, "Draw a round's look-back by its seed",
          campaigns.LookBackDrawn, roles=REVIEWERS, takes=campaigns.LookBackDraw, body_max=campaigns.BODY_MAX),
    _list("/v1/desk/campaigns/{id}/days", campaigns.get_days, "How far a round was, day by day",
          campaigns.Days, roles=CLAIMING, problems=("not_found",)),
    _list("/v1/desk/lights", watching.get_lights, "What shines, the longest first", watching.Lights, problems=_ASKED),
    _list("/v1/desk/light-counts", watching.get_light_counts, "How many shine, by place or unit",
          watching.LightCounts, problems=_ASKED),
    _list("/v1/desk/reviews", watching.get_reviews, "Patterns that need a look", watching.Reviews, problems=_ASKED),
    _list("/v1/desk/activity", watching.get_activity, "Who needs help, by area",
          watching.ActivityRows, limit="120/minute", problems=_ASKED),
    _list("/v1/desk/conflicts", disputes.get_conflicts, "Conflicts that nobody has decided, the oldest first",
          disputes.Conflicts, roles=AREA, problems=_ASKED),
    _list("/v1/desk/conflicts/{record}", disputes.get_conflict, "One conflict whole, with a reason; the look is logged",
          steps.StandingRecord, roles=AREA, problems=("malformed", "not_found", "reason_missing", *_STORE)),
    _list("/v1/desk/parked", disputes.get_parked_changes, "Changes that wait, the oldest first",
          disputes.ParkedChanges, roles=AREA, problems=_ASKED),
    _list("/v1/desk/parked/{change}", disputes.get_parked, "One change that waits, and for what",
          disputes.ParkedChange, roles=AREA, problems=("not_found",)),
    _step("/v1/desk/parked/{change}/release", disputes.post_release, "Decide a change again that waits",
          disputes.ParkedChange, roles=AREA),
    _step("/v1/desk/parked/{change}/return", disputes.post_return, "Tell its author what a waiting change needs",
          disputes.ParkedReturned, roles=WRITERS, takes=disputes.ParkedReturn, body_max=disputes.BODY_MAX),
    _list("/v1/desk/base-items", catalogue.get_base_items, "The base catalogue of one level",
          catalogue.BaseItems, roles=CLAIMING, problems=("malformed",)),
    _list("/v1/desk/items", catalogue.get_items, "The items of a unit or of a standard list",
          catalogue.Items, roles=CLAIMING, problems=("malformed",)),
    _list("/v1/desk/items/{record}/versions", catalogue.get_versions,
          "An item's versions, what changed in each, and what waits",
          catalogue.ItemVersions, roles=CLAIMING, problems=("not_found",)),
    _list("/v1/desk/items/{record}/departures", catalogue.get_departures,
          "Which sites depart from a standard item, and why",
          catalogue.Departures, roles=CLAIMING, problems=_ASKED),
    _list("/v1/desk/forbidden-requests", catalogue.get_forbidden_requests,
          "Requests for materials that must not be asked for",
          catalogue.ForbiddenRequests, problems=_ASKED),
    _list("/v1/desk/licence-kinds", catalogue.get_licence_kinds,
          "The kinds of electronic licences, which of them are synthetic, and how many are kept in which class",
          catalogue.LicenceKinds, roles=CLAIMING, limit="120/minute"),
    Row("POST", "/v1/desk/licence-uses", Who.DEVICE, _by_services_and_caller(catalogue.post_licence_use),
        "Use an electronic licence in a case instead of a paper", "120/minute", catalogue.BODY_MAX, DESKS,
        takes=catalogue.LicenceWanted, gives=catalogue.LicenceUsed,
        problems=("malformed", "not_found", "reason_missing", "licence_absent", "register_unavailable",
                  "step_refused", *_STORE)),
    Row("POST", "/v1/receipts", Who.ANYONE, _by_services(receipts.look_up_receipt),
        "How a case stands, by receipt number and last four signs", "60/minute", receipts.BODY_MAX,
        takes=receipts.ReceiptAsked, gives=receipts.ReceiptState, problems=("malformed", "not_found")),
    Row("POST", "/v1/residents/status", Who.ANYONE, _by_services(residents.show_status),
        "How a case stands, for its resident", "60/minute", residents.BODY_MAX, takes=residents.Asking,
        gives=residents.CaseStanding, problems=("malformed", "not_found")),
    Row("POST", "/v1/residents/rating", Who.ANYONE, _by_services(residents.take_rating),
        "A resident's rating, once a case", "30/minute", residents.BODY_MAX, takes=residents.Rating,
        gives=residents.WordTaken, problems=("malformed", "not_found", *_STORE)),
    Row("POST", "/v1/residents/revocation", Who.ANYONE, _by_services(residents.take_revocation),
        "A resident asks to withdraw a consent", "30/minute", residents.BODY_MAX, takes=residents.Asking,
        gives=residents.WordTaken, problems=("malformed", "not_found", *_STORE)),
    Row("GET", "/v1/health", Who.ANYONE, _by_services(health.show_health), "Whether the centre is well",
        "600/minute", gives=health.Health),
    Row("GET", "/metrics", Who.OPERATOR, _by_services(_metrics), "Numbers for Prometheus", "600/minute",
        gives="text/plain", problems=("not_found",)),
    Row("GET", "/v1/openapi.json", Who.ANYONE, _by_services(_openapi), "This description", "120/minute",
        gives="application/json"),
    Row("GET", "/v1/docs", Who.ANYONE, _by_services(_docs), "The same for people", "120/minute", gives="text/html"),
)
# fmt: on
LIVE_PATH = "/v1/live"
