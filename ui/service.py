"""How the service is reached by people who cannot or may not write on the site."""

PATIENT_SERVICES_PHONE = "01632 960 142"  # a number that Ofcom keeps for fiction
PATIENT_SERVICES_HOURS = "Monday to Friday, 9am to 5:30pm"
