"""Owns the security headers. Pages get the full set; the exchange only what protects bytes, since it is counted.

The camera stays allowed for our own pages (helpers photograph materials); https is demanded only where it is spoken,
so that a trial in a village office's own network works.
"""

from __future__ import annotations

import secure

RawHeaders = list[tuple[bytes, bytes]]


def full_headers(*, is_https: bool) -> RawHeaders:
    policy = secure.ContentSecurityPolicy()
    policy = policy.default_src("'none'").style_src("'self'").img_src("'self'").form_action("'none'")
    policy = policy.base_uri("'none'").frame_ancestors("'none'")
    headers = secure.Secure(
        csp=policy,
        hsts=secure.StrictTransportSecurity().max_age(31_536_000) if is_https else None,
        permissions=secure.PermissionsPolicy().camera("self").geolocation().microphone(),
        referrer=secure.ReferrerPolicy().no_referrer(),
        xcto=secure.XContentTypeOptions().nosniff(),
        xfo=secure.XFrameOptions().deny(),
        coop=secure.CrossOriginOpenerPolicy().same_origin(),
        corp=secure.CrossOriginResourcePolicy().same_origin(),
    )
    return [(name.lower().encode(), value.encode()) for name, value in headers.header_items()]


LEAN_HEADERS: RawHeaders = [(b"x-content-type-options", b"nosniff")]
"""An answer to a POST is in no cache unless it says so."""
