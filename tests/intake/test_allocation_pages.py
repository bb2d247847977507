"""The pages of allocation, through their doors."""

import pytest
from django.urls import reverse

from audit.models import AccessEntry
from intake.allocation import actions
from intake.allocation.models import Allocation, AllocationRun
from patients.cases.actions import turn
from tests.intake.waiting_list import held_by, only_places, waiting


@pytest.fixture
def olu(world, client_of):
    return client_of(world.olu)


def url(name: str, *args) -> str:
    return reverse(f"intake:{name}", args=args)


@pytest.mark.rule("ALLOC-7a")
@pytest.mark.rule("ALLOC-7b")
def test_the_page_lists_who_waits_with_who_fits_or_why_nobody(world, olu):
    waiting("Wanda Wait", world.site, 3)
    waiting("Wilf Wait", world.far_site, 9)
    rows = olu.get(url("allocation")).context["rows"]
    assert [(row.days, row.fitting, row.why_nobody) for row in rows] == [
        (9, 0, "No clinician is cleared for this site."),
        (3, 1, ""),
    ]


def test_the_page_counts_free_places_and_says_who_is_closed(world, olu):
    only_places(world.amara, 2)
    only_places(world.piet, 0)
    context = olu.get(url("allocation")).context
    assert context["free_places"] == 2
    assert context["closed"] == [("without a free place", 1)]


def test_the_page_asks_as_often_with_more_rows(world, olu, same_queries):
    waiting("Wanda Wait", world.site)
    same_queries(olu, url("allocation"), lambda: [waiting(f"Wilf{number} Wait", world.site) for number in range(6)])


@pytest.mark.rule("ALLOC-3a")
def test_a_run_is_previewed_and_applied_from_its_page(world, olu):
    case = waiting("Wanda Wait", world.site)
    previewed = olu.post(url("preview"))
    run = AllocationRun.objects.get()
    assert (previewed.status_code, previewed.headers["Location"]) == (303, url("run", run.ref))
    assert b"Allocate 1 case?" in olu.get(url("run", run.ref)).content
    assert not Allocation.objects.exists()
    assert olu.post(url("apply", run.ref)).headers["Location"] == url("run", run.ref)
    assert Allocation.objects.get().case == case
    assert b"Allocated" in olu.get(url("run", run.ref)).content


@pytest.mark.rule("ALLOC-9a")
def test_applying_twice_says_so_and_changes_nothing(world, olu):
    waiting("Wanda Wait", world.site)
    run = actions.preview(by=world.olu)
    answers = [olu.post(url("apply", run.ref), follow=True).content for _ in range(2)]
    assert b"Allocated 1 case." in answers[0]
    assert b"this run has been applied already" in answers[1]
    assert Allocation.objects.count() == 1


@pytest.mark.rule("ALLOC-2e")
def test_a_runs_page_shows_reasons_in_words_with_names(world, olu):
    waiting("Wanda Wait", world.site)
    run = actions.preview(by=world.olu)
    (row,) = olu.get(url("run", run.ref)).context["rows"]
    assert row["considered"] == [("Amara Obi", row["match"].score)]
    assert row["excluded"] == [("is a PWP and does not take step 3", "Piet Vermeer")]


@pytest.mark.rule("ALLOC-7a")
def test_a_runs_page_shows_for_whom_nobody_was_found_and_what_was_passed_over(world, olu):
    waiting("Wilf Wait", world.far_site)
    gone = waiting("Wanda Wait", world.site)
    run = actions.preview(by=world.olu)
    turn(gone, "withdrawn", by=None)
    actions.apply(run, by=world.olu)
    nobody = olu.get(url("run", run.ref), {"show": "nobody"}).content
    assert b"No clinician is cleared for this site." in nobody
    assert b"is no longer waiting, it is withdrawn" in olu.get(url("run", run.ref)).content


def test_a_runs_page_asks_as_often_with_more_matches(world, olu, same_queries):
    waiting("Wanda Wait", world.site)
    small = actions.preview(by=world.olu)
    for number in range(6):
        waiting(f"Wilf{number} Wait", world.site)
    large = actions.preview(by=world.olu)
    pages = iter([small, small, large])
    same_queries(_Each(olu, pages), "", lambda: None)


class _Each:
    """A client that opens one run's page after the other."""

    def __init__(self, client, runs) -> None:
        self.client, self.runs = client, runs

    def get(self, _):
        return self.client.get(url("run", next(self.runs).ref))


@pytest.mark.rule("ALLOC-3b")
def test_a_case_is_allocated_by_hand_with_a_reason(world, olu):
    case = waiting("Wanda Wait", world.site)
    page = url("by-hand", case.ref)
    first = olu.get(page).context["choices"]
    assert [(one.name, bool(one.score)) for one in first] == [("Amara Obi", True), ("Piet Vermeer", False)]
    data = {"clinician": str(world.amara.ref), "reason": "Asked for her."}
    assert [olu.post(page, data).status_code for _ in range(2)] == [303, 303]
    assert Allocation.objects.get().reason == "Asked for her."
    assert AccessEntry.objects.filter(who=world.olu, case_ref=case.ref).exists()


@pytest.mark.rule("ALLOC-3d")
@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"clinician": "piet"}, 409, "Piet Vermeer is a PWP and does not take step 3."),
        ({"clinician": "nobody"}, 422, "Choose a clinician from the list."),
        ({"clinician": ""}, 422, "Choose a clinician."),
        ({"reason": " "}, 422, "Write why you choose this clinician."),
    ],
)
def test_what_cannot_be_is_refused_with_words_and_nothing_is_lost(world, olu, changes, status, words):
    case = waiting("Wanda Wait", world.site)
    known = {"amara": world.amara.ref, "piet": world.piet.ref}
    data = {"clinician": "amara", "reason": "Asked for her."} | changes
    answer = olu.post(url("by-hand", case.ref), data | {"clinician": known.get(data["clinician"], data["clinician"])})
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert data["reason"].strip() in answer.content.decode()
    assert not Allocation.objects.exists()


@pytest.mark.rule("ALLOC-3b")
def test_hours_that_do_not_suit_ask_for_a_tick(world, olu):
    case = waiting("Wanda Wait", world.site, wished_hours=["sun-evening"])
    world.amara.availability.filter(weekday=6).delete()
    page, data = url("by-hand", case.ref), {"clinician": str(world.amara.ref), "reason": "Agreed on the phone."}
    answer = olu.post(page, data)
    assert answer.status_code == 422
    assert "override" in answer.context["form"].errors
    assert olu.post(page, data | {"override": "on"}).status_code == 303


@pytest.mark.rule("ALLOC-9c")
def test_the_second_of_two_tabs_is_told_who_has_the_case(world, olu):
    case = waiting("Wanda Wait", world.site)
    page, data = url("by-hand", case.ref), {"clinician": str(world.amara.ref), "reason": "Asked for her."}
    actions.apply(actions.preview(by=world.leonie), by=world.leonie)
    before = held_by(world.amara)
    answer = olu.post(page, data)
    assert answer.status_code == 409
    assert "no longer waiting, it is allocated" in answer.content.decode()
    assert held_by(world.amara) == before


@pytest.mark.parametrize("who", ["amara", "sunniva", "tamsin", "farid", "alice", "leonie"])
def test_only_patient_services_allocate(world, client_of, who):
    case = waiting("Wanda Wait", world.site)
    run = actions.preview(by=world.olu)
    client = client_of(getattr(world, who))
    for page in (url("allocation"), url("run", run.ref), url("by-hand", case.ref)):
        assert client.get(page).status_code == 404
    for page in (url("preview"), url("apply", run.ref), url("by-hand", case.ref)):
        assert client.post(page).status_code == 404
    assert AllocationRun.objects.count() == 1
    assert not Allocation.objects.exists()
