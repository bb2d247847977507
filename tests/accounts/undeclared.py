"""URLs with one view that forgot to declare its access."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from ieso.urls import urlpatterns as project


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [path("undeclared/", undeclared), *project]
