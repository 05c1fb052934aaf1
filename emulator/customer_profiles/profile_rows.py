"""A profile as a row of the database keeps it.

One object usually writes many values, so writers are kept in runs: `[[writer, [path, ...]], ...]`.
"""

import sqlite3

import orjson

from profiles.store import Profile, Writer


def encoded(profile: Profile) -> bytes:
    """The body of the profile's row."""
    return orjson.dumps(
        (profile.values, _runs(profile.writers), profile.strongest, [*profile.inferred])
    )


def decoded(profile_id: str, sequence: int, body: bytes) -> Profile:
    """The profile of a row."""
    values, runs, strongest, inferred = orjson.loads(body)
    writers: dict[str, Writer] = {}
    for writer, paths in runs:
        writers.update(dict.fromkeys(paths, tuple(writer)))
    return Profile(profile_id, sequence, values, writers, strongest, set(inferred))


def writes(body: bytes, object_type: str) -> bool:
    """Whether this object type last wrote a value of the profile."""
    return any(writer[0] == object_type for writer, _ in orjson.loads(body)[1])


def group_writers(connection: sqlite3.Connection) -> None:
    """Bring the rows of format 2, in which every path has its own writer, to runs."""
    connection.create_function("grouped", 1, _grouped, deterministic=True)
    connection.execute("UPDATE profiles SET body=grouped(body)")
    connection.create_function("grouped", 1, None)


def _grouped(body: bytes) -> bytes:
    values, lists, strongest, inferred = orjson.loads(body)
    writers = {path: tuple(writer) for path, writer in lists.items()}
    return orjson.dumps((values, _runs(writers), strongest, inferred))


def _runs(writers: dict[str, Writer]) -> list[tuple[Writer, list[str]]]:
    runs: list[tuple[Writer, list[str]]] = []
    last: Writer | None = None
    paths: list[str] = []
    for path, writer in writers.items():
        if writer is last or writer == last:
            paths.append(path)
        else:
            last, paths = writer, [path]
            runs.append((writer, paths))
    return runs
