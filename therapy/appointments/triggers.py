"""What the database itself refuses of an appointment, whoever asks (APPT-4, APPT-21)."""

from __future__ import annotations

import pgtrigger

from therapy.appointments import rules

# The spaces of the SQL belong to what the migrations hold: with others it would be another trigger.
TRIGGERS = [
    pgtrigger.FSM(
        name="appointment_statuses",
        field="status",
        transitions=rules.transitions(),
    ),
    pgtrigger.Trigger(
        name="appointment_first_status",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__status=rules.FIRST_STATUS),
        func="RAISE EXCEPTION 'an appointment begins as offered';",
    ),
    pgtrigger.Trigger(
        name="appointment_corrected",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__status__in=sorted(rules.SETTLED_STATUSES))
        & pgtrigger.Q(new__status__in=sorted(rules.SETTLED_STATUSES))
        & pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
        func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM therapy_correction c
                        WHERE c.id = (SELECT max(id) FROM therapy_correction WHERE appointment_id = NEW.id)
                          AND c.before = OLD.status AND c.after = NEW.status) THEN
                        RAISE EXCEPTION 'an outcome is corrected only with a reason';
                    END IF;
                    RETURN NEW;
                """,
    ),
    pgtrigger.Protect(
        name="appointment_settled",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(
            "case", "patient", "clinician", "kind", "modality", "minutes", "offered_at", "series"
        ),
    ),
    pgtrigger.Trigger(
        name="appointment_time",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("during"),
        func="""
                    IF lower(NEW.during) <> lower(OLD.during) OR upper(NEW.during) > upper(OLD.during)
                       OR NEW.status IN ('offered', 'confirmed') THEN
                        RAISE EXCEPTION 'the time of an appointment is never moved, only its rest is freed at its end';
                    END IF;
                    RETURN NEW;
                """,
    ),
    pgtrigger.Protect(name="appointment_stays", operation=pgtrigger.Delete),
]
