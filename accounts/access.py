"""The one place where access is judged (ACC-4): declarations of views, relations, and lookups through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.addresses import client_address
from accounts.policy import POLICY, THINGS, Grant, grants_of
from accounts.requests import Request
from audit import actions as audit
from ui.errors import Refused

__all__ = [
    "POLICY",
    "ReasonNeeded",
    "ServiceQuerySet",
    "allowed",
    "list_visible",
    "may",
    "may_with_reason",
    "public",
    "register",
    "requires",
    "signed_in",
    "visible",
    "while_locked",
]

NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)
Relation = Callable[[Any], Q]
_relations: dict[tuple[str, str], list[Relation]] = {}


@dataclass(frozen=True)
class Declaration:
    """What a view is: public, for anyone signed in, or for those with a grant on (thing, verb)."""

    kind: str
    thing: str = ""
    verb: str = ""
    methods: tuple[str, ...] = ("GET", "POST")

    @property
    def allowed_methods(self) -> tuple[str, ...]:
        """HEAD goes where GET goes and nowhere else: a view that writes would take it for a post."""
        return (*self.methods, *(("HEAD",) if "GET" in self.methods else ()), "OPTIONS")


class ReasonNeeded(Exception):
    """The only grant asks for a reason first (break-glass); carries the case it is about."""

    def __init__(self, case_ref: str, thing: str) -> None:
        super().__init__(f"{thing} of {case_ref} needs a reason")
        self.case_ref, self.thing = case_ref, thing


def register(root: str, relation: str, rule: Relation) -> None:
    """Add a way in which a user can stand in `relation` to objects of `root`; several ways are alternatives."""
    _relations.setdefault((root, relation), []).append(rule)


def _relation(root: str, relation: str, user) -> Q:
    if relation == "any":
        return EVERYTHING
    condition = NOTHING
    for rule in _relations[root, relation]:
        condition |= rule(user)
    return condition


def _usable(user, thing: str, verb: str, *, with_reason: bool) -> list[Grant]:
    if not user.is_authenticated or not user.is_active:
        return []
    grants = grants_of(user.role_names, thing, verb)
    return [grant for grant in grants if with_reason or not grant.reason]


def allowed(root: str, user, thing: str, verb: str, *, with_reason: bool = False) -> Q:
    """Return the condition on `root` objects under which the user may do `verb` to `thing`.

    Grants that ask for a reason count only `with_reason`; a KeyError names a thing or relation nobody declared.
    """
    condition = NOTHING
    for grant in _usable(user, thing, verb, with_reason=with_reason):
        condition |= _relation(root, grant.relation, user)
    return condition


def may(user, thing: str, verb: str) -> bool:
    """Tell whether the user holds any grant on (thing, verb), whatever the object; reasons included."""
    return bool(_usable(user, thing, verb, with_reason=True))


def relations_held(root: str, user, found: models.Model) -> frozenset[str]:
    """Return every relation in which the user stands to one object of `root`, read in one query."""
    names = sorted(name for known, name in _relations if known == root)
    conditions = {f"is_{name}": ExpressionWrapper(_relation(root, name, user), BooleanField()) for name in names}
    row = type(found)._default_manager.filter(pk=found.pk).annotate(**conditions).values(*conditions).get()
    return frozenset({"any", *(name for name in names if row[f"is_{name}"])})


def may_on(user, thing: str, verb: str, relations: frozenset[str]) -> bool:
    """Tell whether the user may do `verb` to `thing` of an object to which these relations are held; no reasons."""
    return any(grant.relation in relations for grant in _usable(user, thing, verb, with_reason=False))


def may_with_reason(user, thing: str) -> bool:
    """Tell whether a typed reason could let the user read the thing of a case that is not theirs (ACC-4)."""
    return thing in THINGS and any(grant.reason for grant in _usable(user, thing, "read", with_reason=True))


class ServiceQuerySet(models.QuerySet):
    """Base of query sets over rows that belong to the service and to no case, such as batches."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False):
        """All rows for a holder of the grant, none for anybody else."""
        return self.filter(allowed("service", user, thing, verb, with_reason=with_reason))


# --- declarations -------------------------------------------------------------------------------


def public(view=None, *, methods: tuple[str, ...] = ("GET", "POST")):
    """Declare a view that anyone may open without signing in; with `methods`, as `@public(methods=("POST",))`."""

    def decorate(opened):
        return login_not_required(_guarded(opened, Declaration("public", methods=methods)))

    return decorate(view) if view else decorate


def signed_in(view=None, *, methods: tuple[str, ...] = ("GET", "POST")):
    """Declare a view for anyone signed in that shows nothing but the person's own; with `methods` as `public`."""

    def decorate(opened):
        return _guarded(opened, Declaration("signed_in", methods=methods))

    return decorate(view) if view else decorate


def while_locked(view):
    """Declare that a view may be opened while the sign-in is locked: it shows nothing of anybody's record (ACC-3)."""
    view.while_locked = True
    return view


def requires(thing: str, verb: str, methods: tuple[str, ...] = ("GET", "POST")):
    """Declare a view as doing `verb` to `thing`; who holds no grant on it gets 404 (ACC-4)."""
    if thing not in THINGS:
        raise KeyError(f"{thing!r} is not in the access table")

    def decorate(view):
        return _guarded(view, Declaration("requires", thing, verb, methods))

    return decorate


def _guarded(view, declaration: Declaration):
    @wraps(view)
    def door(request: Request, *args, **kwargs) -> HttpResponse:
        request.access = declaration
        if declaration.kind == "requires" and not may(request.user, declaration.thing, declaration.verb):
            raise Http404
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": ", ".join(declaration.allowed_methods)})
        if request.method not in declaration.allowed_methods:
            return HttpResponseNotAllowed(declaration.allowed_methods)
        return _answer(view, request, args, kwargs)

    vars(door)["access"] = declaration
    return door


def _answer(view, request: Request, args, kwargs) -> HttpResponse:
    """Call the view; a refusal becomes a page that says why and what to do, a needed reason is asked for."""
    try:
        return view(request, *args, **kwargs)
    except Refused as refusal:
        return render(request, "ui/refused.html", {"refusal": refusal}, status=409)
    except ReasonNeeded as needed:
        query = urlencode(
            {
                "case": needed.case_ref,
                "thing": needed.thing,
                "next": request.get_full_path(),
            }
        )
        return redirect(f"{reverse('accounts:reason')}?{query}")


# --- lookups ------------------------------------------------------------------------------------

REASON_MINUTES = 15
REASONS_KEY = "reasons_given"


def list_visible(request: Request, model: type[models.Model]):
    """Rows of the model that the signed-in person may see under the current view's declaration."""
    declared = request.access
    rows: Any = model._default_manager
    return rows.visible_to(request.user, declared.thing, declared.verb)


def visible(request: Request, model: type[models.Model], *related: str, **lookup):
    """Return the one object, or raise Http404 when it is absent or not this person's to see.

    An opening by staff of something on a case is written to the access log (ACC-5). Raises ReasonNeeded
    where only a grant with a reason would let this person in and none was given in the last minutes.
    """
    declared = request.access
    found = list_visible(request, model).filter(**lookup).select_related(*related).first()
    reason = ""
    if found is None:
        found, reason = _with_reason(request, model, related, lookup)
    _log_opening(request, found, declared, reason)
    return found


def _with_reason(request, model, related, lookup) -> tuple[Any, str]:
    declared = request.access
    rows = model.objects.visible_to(request.user, declared.thing, declared.verb, with_reason=True).select_related(
        *related
    )
    found = rows.filter(**lookup).first()
    if found is None:
        raise Http404
    case_ref = case_ref_of(found)
    reason = reason_given(request, case_ref, declared.thing)
    if not reason:
        raise ReasonNeeded(case_ref, declared.thing)
    return found, reason


def reason_given(request: Request, case_ref: str, thing: str) -> str:
    """Return the reason typed lately for this case and thing, or an empty string."""
    kept = request.session.get(REASONS_KEY, {}).get(f"{case_ref}:{thing}")
    if not kept or timezone.now().timestamp() - kept["at"] > REASON_MINUTES * 60:
        return ""
    return kept["reason"]


def case_ref_of(found: Any) -> str:
    """Return the reference of the case that an object hangs on, or an empty string."""
    path = getattr(type(found)._default_manager.all(), "case_path", None)
    if path is None:
        return getattr(found, "ref", "") if type(found).__name__ == "Case" else ""
    for step in path.split("__"):
        found = getattr(found, step)
    return found.ref


def _log_opening(request: Request, found, declared: Declaration, reason: str) -> None:
    case_ref = case_ref_of(found)
    if not case_ref or not request.user.is_staff_member:
        return
    audit.record_access(
        who=request.user,
        case_ref=case_ref,
        thing=declared.thing,
        verb=declared.verb,
        object_ref=str(getattr(found, "ref", "")),
        address=client_address(request),
        reason=reason,
    )
