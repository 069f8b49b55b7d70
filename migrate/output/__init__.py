"""What a run shows: text and pages for people, reports for programs. An output knows neither rules nor formats."""
