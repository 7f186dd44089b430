"""The lexicon as it was read, kept from one start to the next: to read it anew takes seconds."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Mapping
from pathlib import Path

import structlog

from flows import lexicon
from flows.lexicon import Lexicon

KEPT = 4
"""How many are kept: of this and the last version, with and without a clinic's own terms."""

log = structlog.get_logger()


def parsed(files: Mapping[str, str]) -> Lexicon:
    """The lexicon of these TOML texts by path, from the cache where it is there and ours alone.

    The cache is `amends` in XDG_CACHE_HOME or ~/.cache; without a writable one it is read anew each
    time.

    Raises:
        LexiconError: naming every slip in the texts.
    """
    path = _folder() / f"lexicon-{_key(files)}.pickle"
    kept = _read(path)
    if kept is None:
        kept = Lexicon.parse(files)
        _write(path, kept)
    return kept


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "amends"


def _key(files: Mapping[str, str]) -> str:
    """Another one for every change of the texts, of the code that reads them and of Python."""
    digest = hashlib.sha256(sys.version.encode())
    code = {p.name: p.read_bytes() for p in sorted(Path(lexicon.__file__).parent.glob("*.py"))}
    for name, content in [*code.items(), *((n, t.encode()) for n, t in sorted(files.items()))]:
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:32]


def _read(path: Path) -> Lexicon | None:
    """What is kept there; a pickle can do anything, so only one that nobody else can have put."""
    try:
        for place in (path.parent, path):
            about = place.lstat()
            if about.st_uid != os.geteuid() or about.st_mode & 0o022:
                return None
        kept = pickle.loads(path.read_bytes())  # noqa: S301
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever a torn file makes of a pickle
        log.warning("kept_lexicon_torn", problem=type(error).__name__)
        return None
    return kept if isinstance(kept, Lexicon) else None


def _write(path: Path, read: Lexicon) -> None:
    """Keep it, whole or not at all, and no more than the newest few."""
    written = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            written.touch(0o600)
            written.write_bytes(pickle.dumps(read, pickle.HIGHEST_PROTOCOL))
            written.replace(path)
        finally:
            written.unlink(missing_ok=True)
        kept = sorted(path.parent.glob("lexicon-*.pickle"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.info("lexicon_not_kept", problem=error.strerror)
