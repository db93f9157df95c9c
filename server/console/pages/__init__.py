"""Every page of the console on one screen."""

from __future__ import annotations

from server.console.navigation import AREA, AUDIT, CASE_DESKS, PEOPLE, SUPERVISORS, readers
from server.console.pages import (
    account,
    bulletins,
    calls,
    campaigns,
    catalogue,
    consents,
    desk,
    disputes,
    language,
    lights,
    operations,
    overview,
    people,
    ratings,
    residents,
    reviews,
    sign_in,
    tasks,
    tickets,
)
from server.console.rows import Level, Page
from server.console.unmasking import unmasked
from server.domain.people.roles import Role

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
FOLLOWUP_DESKS = SUPERVISORS | {Role.DESK_CLERK}
REVIEWERS = frozenset({Role.CATALOGUE_REVIEWER})
CITY = frozenset({Role.CITY_SUPERVISOR})
BULLETIN_FILE = "/bulletins/{period}/{place}/{edition}/{kind}"

# fmt: off
PAGES: tuple[Page, ...] = (
    Page("GET", "/sign-in", sign_in.show, level=Level.OPEN),
    Page("POST", "/sign-in", sign_in.enter, level=Level.OPEN),
    Page("GET", "/password", sign_in.show_password, level=Level.OPEN),
    Page("POST", "/password", sign_in.set_new_password, level=Level.OPEN),
    Page("GET", "/factor", sign_in.show_factor, level=Level.PASSWORD),
    Page("POST", "/factor", sign_in.enter_factor, level=Level.PASSWORD),
    Page("POST", "/sign-out", sign_in.leave, level=Level.PASSWORD),
    Page("POST", "/language", language.choose, level=Level.OPEN),
    Page("GET", "/account", account.show),
    Page("POST", "/account/session", account.end_session),
    Page("GET", "/", overview.show),
    Page("GET", "/desk", desk.show, CASE_DESKS),
    Page("GET", "/desk/{id}", desk.show_one, CASE_DESKS),
    Page("POST", "/desk/{id}", desk.show_one, CASE_DESKS),
    Page("POST", "/desk/{id}/unmask", unmasked(desk.show_one, "case"), CASE_DESKS),
    Page("POST", "/desk/{id}/{verb}", desk.take, CASE_DESKS),
    Page("GET", "/desk/{id}/file/{file}", desk.show_picture, CASE_DESKS),
    Page("GET", "/tasks", tasks.show, readers("task")),
    Page("GET", "/tasks/{id}", tasks.show_one, readers("task")),
    Page("POST", "/tasks/{id}/{verb}", tasks.take, readers("task")),
    Page("GET", "/tickets", tickets.show, readers("ticket")),
    Page("GET", "/tickets/new", tickets.show_new, FOLLOWUP_DESKS),
    Page("POST", "/tickets/new", tickets.take_in, FOLLOWUP_DESKS),
    Page("GET", "/tickets/{id}", tickets.show_one, readers("ticket")),
    Page("POST", "/tickets/{id}/unmask", unmasked(tickets.show_one, "ticket"), readers("ticket")),
    Page("POST", "/tickets/{id}/{verb}", tickets.take, readers("ticket")),
    Page("GET", "/calls", calls.show, readers("rating")),
    Page("GET", "/calls/{id}", calls.show_one, readers("rating")),
    Page("POST", "/calls/{id}", calls.show_one, readers("rating")),
    Page("POST", "/calls/{id}/unmask", unmasked(calls.show_one, "case"), readers("rating")),
    Page("POST", "/calls/{id}/rate", calls.rate, FOLLOWUP_DESKS),
    Page("POST", "/calls/{id}/not-asked", calls.disown, FOLLOWUP_DESKS),
    Page("GET", "/ratings/{id}", ratings.show_one, readers("rating")),
    Page("POST", "/ratings/{id}/{verb}", ratings.take, readers("rating")),
    Page("GET", "/consents/{id}", consents.show_one, readers("consent")),
    Page("POST", "/consents/{id}/unmask", unmasked(consents.show_one, "consent"), readers("consent")),
    Page("POST", "/consents/{id}/revoke", consents.revoke, readers("consent")),
    Page("GET", "/lights", lights.show, readers("light")),
    Page("GET", "/lights/{id}", lights.show_one, readers("light")),
    Page("POST", "/lights/{id}/{verb}", lights.take, readers("light")),
    Page("GET", "/reviews", reviews.show, readers("review")),
    Page("GET", "/reviews/{id}", reviews.show_one, readers("review")),
    Page("POST", "/reviews/{id}/{verb}", reviews.take, readers("review")),
    Page("GET", "/conflicts", disputes.show, AREA),
    Page("GET", "/conflicts/{id}", disputes.show_one, AREA),
    Page("POST", "/conflicts/{id}", disputes.decide, AREA),
    Page("POST", "/conflicts/{id}/unmask", unmasked(disputes.show_one, "conflict"), AREA),
    Page("GET", "/parked", disputes.show_parked, AREA),
    Page("GET", "/bulletins", bulletins.show, readers("bulletin")),
    Page("POST", "/bulletins", bulletins.build, CITY),
    Page("GET", "/bulletins/{period}", bulletins.show_one, readers("bulletin")),
    Page("POST", "/bulletins/{period}/freeze", bulletins.freeze, CITY),
    Page("POST", "/bulletins/{period}/correct", bulletins.correct, CITY),
    Page("GET", BULLETIN_FILE, bulletins.download, readers("bulletin"), Level.STEPPED_UP),
    Page("GET", "/operations", operations.show, AUDIT),
    Page("GET", "/campaigns", campaigns.show, readers("claim")),
    Page("POST", "/campaigns", campaigns.open_round, REVIEWERS),
    Page("GET", "/campaigns/{id}", campaigns.show_progress, readers("claim")),
    Page("GET", "/campaigns/{id}/claims", campaigns.show_claims, readers("claim")),
    Page("GET", "/campaigns/claims/{id}", campaigns.show_claim, readers("claim")),
    Page("POST", "/campaigns/claims/{id}/{verb}", campaigns.take, readers("claim")),
    Page("GET", "/campaigns/{id}/look-backs", campaigns.show_look_backs, readers("claim")),
    Page("POST", "/campaigns/{id}/look-backs", campaigns.draw, REVIEWERS),
    Page("GET", "/campaigns/look-backs/{id}", campaigns.show_look_back, readers("claim")),
    Page("POST", "/campaigns/look-backs/{id}/{verb}", campaigns.take_look_back, REVIEWERS),
    Page("GET", "/catalogue", catalogue.show),
    Page("GET", "/catalogue/{of}/{id}", catalogue.show_one),
    Page("GET", "/catalogue/items/{id}/site", catalogue.show_site),
    Page("POST", "/catalogue/{of}/{id}/publish", catalogue.publish, REVIEWERS),
    Page("POST", "/catalogue/{of}/{id}/{verb}", catalogue.take, REVIEWERS),
    Page("GET", "/helpers", people.show, PEOPLE),
    Page("GET", "/helpers/{id}", people.show_one, PEOPLE),
    Page("POST", "/helpers/{id}/sheet", people.make_sheet, ADMINISTRATORS),
    Page("POST", "/helpers/{id}/lost", people.report_lost, ADMINISTRATORS),
    Page("POST", "/helpers/{id}/post", people.close_or_reopen, ADMINISTRATORS),
)
# The residents' own, at an address of its own: nobody signs in there.
RESIDENT_PAGES: tuple[Page, ...] = (
    Page("GET", "/", residents.show, level=Level.OPEN),
    Page("POST", "/", residents.show_status, level=Level.OPEN),
    Page("POST", "/rating", residents.rate, level=Level.OPEN),
    Page("POST", "/consent", residents.revoke, level=Level.OPEN),
)
# fmt: on
