"""The drawing at the top of errors.py is the tree."""

import re

from tortoise.exceptions import IntegrityError, OperationalError

from server.storage import errors


def test_the_drawing_is_the_tree() -> None:
    drawn: dict[str, str] = {}
    above = ["StorageError"]
    for line in (errors.__doc__ or "").splitlines():
        branch = re.match(r"([│├└─ ]+)(\w+)  ", line)
        if branch:
            depth = len(branch[1]) // 4
            del above[depth:]
            drawn[branch[2]] = above[-1]
            above.append(branch[2])
    kinds = {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and kind.__module__ == errors.__name__
    }
    assert drawn == {name: kind.__bases__[0].__name__ for name, kind in kinds.items() if name != "StorageError"}


def test_tortoise_recognises_ours() -> None:
    assert issubclass(errors.StorageError, OperationalError)
    assert issubclass(errors.UniqueViolation, IntegrityError)
