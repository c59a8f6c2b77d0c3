"""Fills a SQLite database beside its running server with what `make bench-ui` looks at: many executions made after
the real ones that are named, and many lines in the log of one of them.
Usage: seed-ui.py DATABASE ROWS LINES LOGGED EXECUTION…"""

import random
import sqlite3
import sys
import uuid

BATCH = 20_000
SPAN_US = 2 * 24 * 3600 * 1_000_000
MESSAGES = [
    "fetched page {} in {} ms",
    "page {} has no next link after {} tries",
    "kept record {} with {} fields",
    "waiting for the host's turn: request {}, {} ms",
]
LEVELS = ["info"] * 16 + ["debug"] * 2 + ["warn", "error"]


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def stored(value, like):
    """An id in the form that the database keeps ids in."""
    return value.bytes if isinstance(like, bytes) else str(value)


def insert(db, table, names, rows):
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            # A transaction of its own each, so that the server writes in between.
            with db:
                db.executemany(statement, batch)
            batch.clear()
    with db:
        db.executemany(statement, batch)


def executions(names, models, count, chance):
    """Older than the newest model, evenly over two days, ending as the models did: nine of ten as the first."""
    place = {name: index for index, name in enumerate(names)}
    newest = max(model[place["created_at"]] for model in models)
    for number in range(1, count + 1):
        model = models[0] if chance.random() < 0.9 else chance.choice(models[1:])
        created = newest - number * SPAN_US // count
        started = created + chance.randrange(500, 40_000)
        row = list(model)
        head = (created // 1000) << 80 | 7 << 76 | chance.getrandbits(76)
        row[place["id"]] = stored(uuid.UUID(int=head & ~(3 << 62) | 2 << 62), model[place["id"]])
        row[place["created_at"]], row[place["started_at"]] = created, started
        row[place["finished_at"]] = started + chance.randrange(20_000, 90_000_000)
        yield row


def lines(names, model, count, chance):
    place = {name: index for index, name in enumerate(names)}
    for number in range(count):
        row = list(model)
        row[place["level"]] = chance.choice(LEVELS)
        row[place["at"]] = model[place["at"]] + number * 1000
        row[place["message"]] = chance.choice(MESSAGES).format(number, chance.randrange(2000))
        yield row


def main(path, count, length, logged, *ids):
    db = sqlite3.connect(path, timeout=60)
    chance = random.Random(7)
    names = columns(db, "workflow_executions")
    known = {}
    for row in db.execute(f"SELECT {', '.join(names)} FROM workflow_executions"):
        key = row[names.index("id")]
        known[str(uuid.UUID(bytes=key) if isinstance(key, bytes) else key)] = row
    insert(db, "workflow_executions", names, executions(names, [known[one] for one in ids], int(count), chance))
    names = [name for name in columns(db, "execution_logs") if name != "position"]
    owner = known[logged][0]
    query = f"SELECT {', '.join(names)} FROM execution_logs WHERE execution_id = ? LIMIT 1"
    insert(db, "execution_logs", names, lines(names, db.execute(query, (owner,)).fetchone(), int(length), chance))
    db.execute("ANALYZE")


if __name__ == "__main__":
    main(*sys.argv[1:])
