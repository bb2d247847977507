"""The room's SQL, the same for sockets and for pages: each verb of the hot path is one round trip (ROOM-2).

`login` is the key of the browser session behind the call; it is looked up in the statement itself, so that a sign-out
takes effect at once however it is learnt of. It is empty only where no browser stands behind the call.
"""

from __future__ import annotations

from therapy.connection.rules import BACK_WITHIN, IN_RHYTHM, SILENT_AFTER


def lease(user: str, login: str, at: str) -> str:
    """Who may write at this moment: signed in, active, the patient or the clinician who still holds the case (ROOM-4).

    The arguments are the SQL of who asks, by which browser session, and when; `s` is the row of therapy_session.
    """
    return f"""
    ({login} = '' OR EXISTS (
        SELECT 1 FROM accounts_signin d WHERE d.session_key = {login} AND d.expire_date > {at}
            AND (d.locks_at IS NULL OR d.locks_at > {at})))
    AND EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = {user} AND u.is_active)
    AND (s.patient_user_id = {user} OR (s.clinician_user_id = {user} AND EXISTS (
        SELECT 1 FROM therapy_appointment a
        JOIN patients_case c ON c.id = a.case_id
        JOIN clinicians_clinician k ON k.id = c.clinician_id
        WHERE a.id = s.appointment_id AND k.user_id = {user})))
"""  # noqa: S608 - made of our own constants


LEASE = lease("%(user)s", "%(login)s", "%(at)s")

# The row lock of the session gives gapless numbers in the order of commits; a sequence would give neither.
WRITE = f"""
    WITH numbered AS (
        UPDATE therapy_session s SET head = s.head + 1
        WHERE s.ref = %(session)s AND s.ended_at IS NULL AND s.opens_at <= %(at)s
          AND {LEASE}
          AND NOT EXISTS (
            SELECT 1 FROM therapy_line l
            WHERE l.session_id = s.id AND l.sender_id = %(user)s AND l.cid = %(cid)s)
        RETURNING s.id, s.head
    )
    INSERT INTO therapy_line (session_id, seq, cid, sender_id, kind, text, at)
    SELECT id, head, %(cid)s, %(user)s, 'line', %(text)s, %(at)s FROM numbered
    RETURNING seq, at
"""  # noqa: S608 - made of our own constants

# The same for lines of several rooms that wait at the same moment, one a room, in one commit (docs/adr/0011). A room
# whose row somebody else holds is left out instead of waited for, so that no room waits for another; what is not
# returned (place in the arrays, number) was not written and is written, or refused, alone.
WRITE_SEVERAL = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(%(session)s::uuid[], %(user)s::bigint[], %(login)s::text[], %(cid)s::text[],
            %(text)s::text[], %(at)s::timestamptz[])
        WITH ORDINALITY AS t(session, sender, login, cid, text, at, place)
    ), free AS MATERIALIZED (
        SELECT s.id FROM therapy_session s WHERE s.ref = ANY(%(session)s::uuid[]) FOR NO KEY UPDATE SKIP LOCKED
    ), numbered AS (
        UPDATE therapy_session s SET head = s.head + 1
        FROM asked q
        WHERE s.ref = q.session AND s.id IN (SELECT id FROM free) AND s.ended_at IS NULL AND s.opens_at <= q.at
          AND {lease("q.sender", "q.login", "q.at")}
          AND NOT EXISTS (
            SELECT 1 FROM therapy_line l WHERE l.session_id = s.id AND l.sender_id = q.sender AND l.cid = q.cid)
        RETURNING s.id, s.head, q.place
    ), kept AS (
        INSERT INTO therapy_line (session_id, seq, cid, sender_id, kind, text, at)
        SELECT n.id, n.head, q.cid, q.sender, 'line', q.text, q.at FROM numbered n JOIN asked q USING (place)
    )
    SELECT place, head FROM numbered
"""  # noqa: S608 - made of our own constants

# Why nothing was written: the line is there already, or (closed, not yet open, not allowed).
LOOK_UP = f"""
    SELECT l.seq, l.at, s.ended_at IS NOT NULL, s.opens_at > %(at)s, {LEASE}
    FROM therapy_session s
    LEFT JOIN therapy_line l ON l.session_id = s.id AND l.sender_id = %(user)s AND l.cid = %(cid)s
    WHERE s.ref = %(session)s
"""  # noqa: S608 - made of our own constants

# What was marked as sent by mistake the patient who was not to read it is not sent again: it leaves no server (ROOM-8).
LINES = """
    SELECT l.seq, l.cid, l.kind,
        CASE WHEN s.patient_user_id = %(reader)s AND l.sender_id <> %(reader)s
            AND EXISTS (SELECT 1 FROM therapy_sentinerror e WHERE e.line_id = l.id) THEN '' ELSE l.text END,
        l.at,
        CASE l.sender_id WHEN s.patient_user_id THEN 'patient' WHEN s.clinician_user_id THEN 'clinician' ELSE '' END
    FROM therapy_line l JOIN therapy_session s ON s.id = l.session_id
    WHERE s.ref = %(session)s AND l.seq > %(after)s ORDER BY l.seq LIMIT %(most)s
"""

# Whether the stretch of connection that a presence row holds is over when a new word comes (APPT-17).
IS_OVER = f"""
    (p.gone AND %(at)s - coalesce(p.last_at, p.heard_at) > interval '{BACK_WITHIN.total_seconds()} seconds')
    OR %(at)s - coalesce(p.last_at, p.heard_at) > interval '{SILENT_AFTER.total_seconds()} seconds'
"""

# How often a heartbeat counts as input of its sign-in: being in a session that is open is activity (ACC-3).
AWAKE_EVERY_SECONDS = 60
# For how long at most: a session that nobody has ended is no live one in the evening.
AWAKE_HOURS = 3
# A sign-in that began in the morning does not run out in the middle of an evening's session: it lasts so much longer.
LASTS_MINUTES = 30

# A heartbeat: notes that the person was heard of, and returns where everything stands. Only one that comes after a
# loss writes a row more: the stretch of connection that the loss ended.
BEAT = f"""
    WITH beat AS (
        UPDATE therapy_presence p SET heard_at = %(at)s, last_at = %(at)s, gone = false,
            left_room = false, since = CASE WHEN {IS_OVER} THEN %(at)s ELSE coalesce(p.since, p.joined_at) END
        FROM therapy_session s
        WHERE s.ref = %(session)s AND p.session_id = s.id AND p.user_id = %(user)s AND p.heard_at < %(at)s
          AND s.ended_at IS NULL
        RETURNING p.session_id, p.user_id, p.since AS began, old.since AS before, old.last_at AS heard, old.left_room
    ), awake AS (
        UPDATE accounts_signin d SET used_at = %(at)s, locks_at = %(at)s + d.idle_seconds * interval '1 second',
            expire_date = greatest(d.expire_date, %(at)s + interval '{LASTS_MINUTES} minutes')
        FROM therapy_session s
        WHERE s.ref = %(session)s AND s.ended_at IS NULL AND s.opens_at <= %(at)s AND d.session_key = %(login)s
          AND s.opens_at > %(at)s - interval '{AWAKE_HOURS} hours'
          AND d.expire_date > %(at)s AND d.locks_at > %(at)s
          AND d.used_at < %(at)s - interval '{AWAKE_EVERY_SECONDS} seconds'
    ), stretch AS (
        INSERT INTO therapy_stretch (session_id, user_id, began_at, heard_at, left_room)
        SELECT session_id, user_id, before, heard, left_room FROM beat WHERE before < began
    )
    SELECT s.head, s.ended_at IS NOT NULL, {LEASE}, other.heard_at,
        (SELECT max(m.seq) FROM therapy_seenmark m WHERE m.session_id = s.id AND m.user_id <> %(user)s),
        coalesce(other.left_room, false)
    FROM therapy_session s LEFT JOIN LATERAL (
        SELECT max(p.heard_at) AS heard_at, bool_or(p.left_room) AS left_room FROM therapy_presence p
        WHERE p.session_id = s.id AND p.user_id <> %(user)s) other ON true
    WHERE s.ref = %(session)s
"""  # noqa: S608 - made of our own constants

# Somebody is gone: no longer heard of, unless another tab says otherwise at its next heartbeat. `left` is true where
# their page said that they left. That is a word of its own, and so is a close in the rhythm of the heartbeat; a later
# one is only when the server noticed (APPT-17).
GONE = f"""
    UPDATE therapy_presence p SET heard_at = %(at)s - interval '{SILENT_AFTER.total_seconds()} seconds',
        gone = true, left_room = %(left)s,
        last_at = CASE WHEN %(left)s OR %(at)s - p.last_at <= interval '{IN_RHYTHM.total_seconds()} seconds'
            THEN greatest(p.last_at, %(at)s) ELSE p.last_at END
    FROM therapy_session s
    WHERE s.ref = %(session)s AND p.session_id = s.id AND p.user_id = %(user)s AND s.ended_at IS NULL
"""  # noqa: S608 - made of our own constants

# The same by plain requests, from the page of one session or, where none is named, from a sign-out: only of who was
# heard of in the rhythm of the heartbeat and is not gone already; anybody else may have lost the connection (APPT-17).
LEFT = f"""
    UPDATE therapy_presence p SET heard_at = %(at)s - interval '{SILENT_AFTER.total_seconds()} seconds',
        gone = true, left_room = true, last_at = greatest(p.last_at, %(at)s)
    FROM therapy_session s
    WHERE p.session_id = s.id AND p.user_id = %(user)s AND s.ended_at IS NULL AND NOT p.gone
      AND (%(session)s::uuid IS NULL OR s.ref = %(session)s)
      AND %(at)s - p.last_at <= interval '{IN_RHYTHM.total_seconds()} seconds'
    RETURNING s.ref
"""  # noqa: S608 - made of our own constants

SEEN = """
    INSERT INTO therapy_seenmark (session_id, user_id, seq)
    SELECT s.id, %(user)s, least(%(seq)s, s.head) FROM therapy_session s
    WHERE s.ref = %(session)s AND %(user)s IN (s.patient_user_id, s.clinician_user_id)
    ON CONFLICT (session_id, user_id) DO UPDATE SET seq = excluded.seq WHERE therapy_seenmark.seq < excluded.seq
    RETURNING seq
"""

# What is being typed is taken from the page that wrote it last and from one that knows the newest version; nothing is
# lost where the newest text is empty or the same. What is not taken is settled in typed.py (MSG-9).
DRAFT = f"""
    INSERT INTO therapy_linedraft AS d (session_id, user_id, text, version, page, at)
    SELECT s.id, %(user)s, %(text)s, 1, %(page)s, %(at)s FROM therapy_session s
    WHERE s.ref = %(session)s AND s.ended_at IS NULL AND {LEASE}
    ON CONFLICT (session_id, user_id) DO UPDATE SET text = excluded.text, at = excluded.at, page = excluded.page,
        version = d.version + (d.text <> excluded.text)::int
    WHERE d.at <= excluded.at AND (
        d.version = %(version)s OR d.text IN ('', excluded.text) OR (d.page = excluded.page AND d.page <> ''))
    RETURNING d.version
"""  # noqa: S608 - made of our own constants
