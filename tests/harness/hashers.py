"""Passwords in tests: real Argon2 with the smallest cost, so that the served site can check them as well."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
