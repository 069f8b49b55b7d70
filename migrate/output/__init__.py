"""What a run shows: text for people, JSON, SARIF and JUnit for programs. An output knows neither rules nor formats."""
