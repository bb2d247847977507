"""The bank holidays of England, for rules that count working days (TIME-23)."""

import holidays

# Fills itself in for each year that is asked about.
ENGLAND = holidays.country_holidays("GB", subdiv="ENG")
