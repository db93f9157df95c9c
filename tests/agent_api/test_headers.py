"""Pages are locked down; the camera is ours."""

from agent_api.headers import LEAN_HEADERS, full_headers


def test_the_camera_stays_allowed_for_our_own_pages() -> None:
    headers = dict(full_headers(is_https=True))
    assert b"camera=(self)" in headers[b"permissions-policy"]
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert b"strict-transport-security" in headers


def test_plain_http_is_not_told_to_upgrade() -> None:
    headers = dict(full_headers(is_https=False))
    assert b"strict-transport-security" not in headers
    assert b"upgrade" not in headers[b"content-security-policy"]


def test_the_exchange_pays_for_few_bytes() -> None:
    assert sum(len(name) + len(value) + 4 for name, value in LEAN_HEADERS) < 70
