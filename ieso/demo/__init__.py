"""The demonstration's data: an invented service, made by calling the verbs under a moved clock."""
